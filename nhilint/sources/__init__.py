"""Trees (folder, Git revision, memory) to located documents; the only floor besides `app` that touches disk and Git."""
