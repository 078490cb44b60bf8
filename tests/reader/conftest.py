"""What a reader starts with: environments without the book, and a repository to install it from."""

import pytest
from fresh import Environment, link_packages, serve_repository


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    return link_packages(tmp_path_factory.mktemp("packages") / "site-packages")


@pytest.fixture
def environment(tmp_path, packages):
    return Environment(tmp_path / "environment", packages)


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    return serve_repository(tmp_path_factory.mktemp("repository") / "mlpbook")
