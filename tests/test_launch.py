"""Every address behind a chapter's buttons, for remotes of all kinds and for none."""

import pytest
from launch import addresses
from source import public, repository_of

REMOTES = [
    "https://github.com/ada/mlp-book",
    "https://github.com/ada/mlp-book.git",
    "https://github.com/ada/mlp-book/",
    "https://token@github.com/ada/mlp-book.git",
    "https://ada:token@github.com/ada/mlp-book.git",
    "git@github.com:ada/mlp-book.git",
    "ssh://git@github.com/ada/mlp-book.git",
]
ELSEWHERE = {
    "": None,
    "/srv/git/mlp-book.git": None,
    "../mlp-book": None,
    "git@gitlab.com:ada/mlp-book.git": None,
    "https://ada:token@gitlab.com/ada/mlp-book": "https://gitlab.com/ada/mlp-book",
    "git://localhost/mlp-book": "git://localhost/mlp-book",
    "file:///srv/git/mlp-book.git": "file:///srv/git/mlp-book.git",
    "https://github.com/ada": "https://github.com/ada",
}
OPENED = {
    "Colab": "https://colab.research.google.com/github/{0}/blob/gh-pages/notebooks/relu.ipynb",
    "SageMaker Studio Lab": "https://studiolab.sagemaker.aws/import/github/{0}/blob/gh-pages/notebooks/relu.ipynb",
    "Kaggle": "https://kaggle.com/kernels/welcome?src=https://github.com/{0}/blob/gh-pages/notebooks/relu.ipynb",
    "Binder": "https://mybinder.org/v2/gh/{0}/{1}?urlpath=lab/tree/notebooks/relu.ipynb",
}


@pytest.mark.parametrize("remote", REMOTES)
def test_a_github_remote(remote):
    assert repository_of(remote) == "ada/mlp-book"
    assert public(remote) == "https://github.com/ada/mlp-book"


@pytest.mark.parametrize("remote", ELSEWHERE)
def test_another_remote(remote):
    assert repository_of(remote) is None
    assert public(remote) == ELSEWHERE[remote]


@pytest.mark.parametrize("repository", ["ada/mlp-book", "a-fork.of/it_2"])
@pytest.mark.parametrize("branch, quoted", [("main", "main"), ("fix/α", "fix/%CE%B1")])
def test_addresses(repository, branch, quoted):
    assert addresses(repository, branch, "relu.ipynb") == {k: v.format(repository, quoted) for k, v in OPENED.items()}
