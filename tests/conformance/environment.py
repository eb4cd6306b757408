"""Environments of conformance tests, of Python and of Node: made from a list of requirements when that changes, absent where it cannot be installed."""

import subprocess
import venv


def environment_python(work, requirements, seconds=600):
    """The interpreter of an environment with these requirements, or None where it cannot be installed in so many seconds."""
    folder = work / "venv"
    python = folder / "bin" / "python"
    stamp = folder / "requirements.txt"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return python
    try:
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:",
                        "-r", requirements], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       timeout=seconds)
    except (OSError, subprocess.SubprocessError):
        return None
    stamp.write_text(requirements.read_text())
    return python


def node_environment(work, manifest):
    """A folder with the packages of this package.json in node_modules, or None. Scripts of packages are not run."""
    folder = work / "node"
    stamp = folder / "installed.json"
    if stamp.exists() and stamp.read_text() == manifest.read_text():
        return folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(manifest.read_text())
        subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"], cwd=folder,
                       check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       timeout=600)
    except (OSError, subprocess.SubprocessError):
        return None
    stamp.write_text(manifest.read_text())
    return folder
