"""Identity platforms for tests: a real one (npm `oidc-provider`) and a hostile one with keys of its own."""
