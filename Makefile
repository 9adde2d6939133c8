# 许可 Xuke. `make` alone says what there is. Every step remembers what it has done, so a second run is quick.
# Variables: PYTHON=python3.12 (another Python); ARGS="…" (for xuke demo, pytest, xuke bench or xuke chaos); UPGRADE=1 (for lock).

PYTHON ?= python3
ARGS ?=
VENV := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fix bench chaos lock clean

help: ## 列出这些目标 · list these targets
	@echo '许可 Xuke'
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 14

setup: ## 安装运行所需的一切，得到 .venv/bin/xuke · install what it needs to run
	@$(PYTHON) tools/setup.py

demo: setup ## 启动演示，Ctrl-C 停止 · start the demonstration, Ctrl-C stops all of it
	@$(VENV)/xuke demo $(ARGS)

test: ## 安装测试所需的一切，然后测试 · install what the tests need, then test
	@$(PYTHON) tools/setup.py --tests
	@$(VENV)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: ## 检查格式、类型、依赖方向、迁移和生成的文档 · format, types, layers, migrations, generated documents
	@$(PYTHON) tools/setup.py --developer
	@$(VENV)/python tools/check.py

fix: ## 改正能自动改正的 · repair what can be repaired by itself
	@$(PYTHON) tools/setup.py --developer
	@$(VENV)/ruff check --fix --quiet . || true
	@$(VENV)/ruff format --quiet .
	@failed=0; \
	$(VENV)/python -m xuke.config.generated --write || failed=1; \
	$(VENV)/python -m xuke.config.security_documents --write || failed=1; \
	$(VENV)/ruff check . || failed=1; \
	exit $$failed

bench: setup ## 测量性能指标，每项一行 JSON · measure the figures, one JSON line each
	@$(VENV)/xuke bench $(ARGS)

chaos: setup ## 在负载下反复杀进程，证明什么都没有丢 · kill everything under load, prove that nothing is lost
	@$(VENV)/xuke chaos $(ARGS)

lock: ## 重新锁定依赖的版本 · pin the dependencies anew
	@$(PYTHON) tools/setup.py --developer
	@$(VENV)/python -m pip install --quiet 'pip-tools>=7.5'
	@$(VENV)/python tools/lock.py $(if $(UPGRADE),--upgrade)
	@cd frontend && npm install --package-lock-only --ignore-scripts

clean: ## 删除以上生成的一切，包括演示数据 · delete all that the above made, the demonstration's data too
	@$(PYTHON) tools/clean.py
