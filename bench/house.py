"""The application as the page benchmarks serve it."""

import os
from pathlib import Path

from flask import Flask

from baukasten import house
from baukasten.app import create_app
from baukasten.config import Config, DatabaseUrls
from bench.ground import SECRET
from bench.load import THREADS


def make_house() -> Flask:
    """Build the application from ``BENCH_APP_URL``, ``BENCH_OPERATOR_URL`` and ``BENCH_DATA``."""
    urls = DatabaseUrls("", os.environ["BENCH_APP_URL"], os.environ["BENCH_OPERATOR_URL"])
    config = Config(data_dir=Path(os.environ["BENCH_DATA"]), secret_key=SECRET, database=urls, scheme="http")
    return create_app(config, house.open_database(urls, house.load_contract(config)), threads=THREADS)
