"""`bakeoff vllm`: what a vLLM server elsewhere, in a container say, has to know to serve the base and the adapters."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from corpora.errors import ConfigError
from eval.storage import AGAIN, storage_errors, write_whole
from pipelines.assembly import settings_for_vllm
from pipelines.engines.vllm_settings import VllmOptions
from pipelines.loading import check_for_server
from pipelines.models import model_path
from service.project import Project
from service.terminal import console


def write_vllm_files(project: Project, folder: Path) -> None:
    """Writes into a folder `model`, a link to the base model, and a file of settings for each engine of kind `vllm`.

    Such a server is started with `vllm serve FOLDER/model --config FOLDER/NAME.yaml`.

    Raises:
        ConfigError: the configuration has no engine of that kind.
        ModelMissingError, AdapterMissingError: something has not been prepared.
        ModelRejectedError: the base model's weights are not whole.
        RunStorageError: the folder cannot be written.
    """
    engines = [name for name, options in project.config.engines.items() if isinstance(options, VllmOptions)]
    if not engines:
        raise ConfigError(f"{project.path} has no engine of kind vllm.", "Add one to `engines`: it says how.")
    base = model_path(project.config.base_model, project.home)
    check_for_server(base)
    with storage_errors(folder, AGAIN):
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / "model.part"
        part.unlink(missing_ok=True)
        part.symlink_to(os.path.relpath(base, folder))
        part.replace(folder / "model")
    for name in engines:
        settings = settings_for_vllm(name, project.config, project.corpus, project.home)
        write_whole(folder / f"{name}.yaml", yaml.safe_dump(settings, sort_keys=False), AGAIN)
        console.print(f"Written: {folder / name}.yaml", markup=False, soft_wrap=True)
