"""The virtual environment of a conformance test: made from its requirements.txt when that changes, absent where pip fails."""

import subprocess
import venv


def environment_python(work, requirements):
    """The interpreter of an environment with these requirements, or None."""
    folder = work / "venv"
    python = folder / "bin" / "python"
    stamp = folder / "requirements.txt"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return python
    try:
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:",
                        "-r", requirements], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600)
    except (OSError, subprocess.SubprocessError):
        return None
    stamp.write_text(requirements.read_text())
    return python
