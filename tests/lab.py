"""A JupyterLab server with one notebook, for a browser to open."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat


@contextlib.contextmanager
def jupyterlab(folder, cells):
    """Serve a folder with a notebook of these cells; yields the notebook's address."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells], metadata=kernel)
    nbformat.write(notebook, folder / "live.ipynb")
    port = free_port()
    options = [f"--port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}"]
    options += ["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *options]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(server, f"http://localhost:{port}/api")
        yield f"http://localhost:{port}/lab/tree/live.ipynb"
    finally:
        server.terminate()
        server.wait(timeout=30)


def free_port():
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


def wait_for(server, address, seconds=90):
    """Return once the address answers; fail if the server ends or takes too long."""
    deadline = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(address):
            return
        time.sleep(0.1)
    raise RuntimeError(f"no server at {address}: exit code {server.poll()}")


def open_notebook(page, address):
    """Open the notebook and wait for its kernel."""
    page.goto(address)
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel")


def run_cell(page, index):
    """Run one cell; what it shows may come later."""
    page.evaluate(
        """async (index) => {
            const notebook = jupyterapp.shell.currentWidget.content;
            notebook.deselectAll();
            notebook.activeCellIndex = index;
            await jupyterapp.commands.execute("notebook:run-cell");
        }""",
        index,
    )
