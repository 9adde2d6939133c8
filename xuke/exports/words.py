"""The journal of exports in words; what the tables are is said in `xuke.foundation.words`."""

WORDS = {
    "export.asked": "申请导出清单",
    "export.made": "生成导出文件",
    "export.downloaded": "下载导出文件",
    "export.streamed": "直接下载清单",
    "export.cancelled": "取消导出",
    "export.failed": "没有生成导出文件",
    "export.expired": "删除到期的导出文件",
}
SUBJECTS = {"export": "清单导出"}
FACTS = {"list": "清单", "filters": "筛选条件", "format": "格式", "rows": "行数", "reason": "原因"}
LOOKS = ("export.downloaded", "export.streamed")
