"""What all tests share: the fixtures that authors of plugins get too."""

pytest_plugins = ["baukasten.testing.fixtures"]
