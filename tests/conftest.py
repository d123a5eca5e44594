"""What all tests share: the fixtures that authors of plugins get too."""

import gc

pytest_plugins = ["baukasten.testing.fixtures"]

# Modules and tests stay until the end; looking through them for rubbish again and again takes time from each test.
gc.disable()


def pytest_collection_finish() -> None:
    """Leave what there is by now alone from here on."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()
