"""One copy of the base weights, the adapters on it, and the forward pass."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from corpora.errors import AdapterRejectedError
from pipelines.engines.base import Adapter
from pipelines.engines.embedded_attention import NAME, Prefix, Step, Tails, register
from pipelines.engines.embedded_linear import pack_linears
from pipelines.loading import load_language_model
from pipelines.training.adapter_settings import ALL_LINEAR
from pipelines.training.name_patterns import matched

BASE = "__base__"  # what PEFT calls a row without an adapter


class Model:
    """Belongs to one thread. Rows with different adapters, or none, share a forward pass (PEFT's mixed batches)."""

    def __init__(self, path: Path, dtype: str) -> None:
        register()
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.dtype: torch.dtype = getattr(torch, dtype)
        model = load_language_model(path, dtype=self.dtype, attn_implementation=NAME)
        self._model = model.to(self.device).eval()
        if torch.backends.mkldnn.is_available():
            pack_linears(self._model)
        self._layers = [name for name, _ in self._model.named_modules()]
        end = self._model.generation_config.eos_token_id
        self.end_tokens = frozenset(end if isinstance(end, list) else [] if end is None else [end])
        self._nothing = torch.empty(0, dtype=torch.long, device=self.device)
        self._adapters: set[str] = set()
        self._wrapped = False

    def adapter_name(self, adapter: Adapter | None) -> str:
        """What the forward pass calls an adapter; it is loaded the first time.

        Raises:
            AdapterRejectedError: PEFT cannot put it on this model, or not all of it.
        """
        if adapter is None:
            return BASE
        if adapter.content_hash not in self._adapters:
            self._load(adapter)
        return adapter.content_hash

    def _load(self, adapter: Adapter) -> None:
        from peft import PeftModel

        name, folder = adapter.content_hash, str(adapter.path)
        try:
            config = self._config(folder)
            if not self._wrapped:
                self._model = PeftModel(self._model, config, adapter_name=name)
                self._wrapped = True
            elif name not in self._model.peft_config:
                self._model.add_adapter(name, config)
            found = self._model.load_adapter(folder, adapter_name=name)
        except Exception as error:  # whatever PEFT makes of settings that it does not understand
            # What PEFT keeps of it stays unused, since every row names its adapter, or none.
            raise AdapterRejectedError(
                f"The adapter {adapter.name} does not fit the base model: {error}",
                "Train it again with `bakeoff train`, on this base model.",
            ) from error
        finally:
            self._model.eval()  # PEFT's new layers are in training mode
        # PEFT itself says so to nobody: what nothing takes is dropped, and what is missing stays as it was drawn.
        amiss = {"nothing in the base model takes": found.unexpected_keys, "it lacks": found.missing_keys}
        for what, names in amiss.items():
            if names:
                raise AdapterRejectedError(
                    f"The adapter {adapter.name} does not fit the base model: {what} {min(names)}"
                    f"{f' and {len(names) - 1} more' if len(names) > 1 else ''}.",
                    "Train it again with `bakeoff train`, on this base model.",
                )
        self._adapters.add(name)

    def _config(self, folder: str) -> Any:
        """An adapter's settings, with layers listed where a regular expression names them: PEFT would match it against
        every layer, for as long as that takes. Raises ValueError, or what PEFT raises."""
        from peft import PeftConfig

        config: Any = PeftConfig.from_pretrained(folder)
        config.inference_mode = True
        for field in ("target_modules", "exclude_modules"):
            named = getattr(config, field, None)
            if isinstance(named, str) and named != ALL_LINEAR:
                setattr(config, field, matched(named, self._layers))
        return config

    def forward(
        self,
        tokens: Sequence[Sequence[int]],
        starts: Sequence[int],
        tails: Tails,
        prefixes: Sequence[Prefix | None],
        adapters: Sequence[str],
        *,
        logits: bool,
    ) -> torch.Tensor | None:
        """Runs new tokens of each row, all rows equally many, and adds their keys and values to `tails`.

        Args:
            starts: where each row's first new token stands in its tail.
            logits: whether to return those after each row's last token, [rows, vocabulary] in float32.
        """
        ids = torch.tensor(tokens, device=self.device)
        positions = torch.tensor(starts, device=self.device)[:, None] + torch.arange(ids.shape[1], device=self.device)
        offsets = torch.tensor([prefix.tokens if prefix else 0 for prefix in prefixes], device=self.device)
        mixed = {"adapter_names": list(adapters)} if self._wrapped else {}
        output = self._model(
            input_ids=ids,
            position_ids=positions + offsets[:, None],
            use_cache=False,
            logits_to_keep=1 if logits else self._nothing,
            step=Step.plan(tails, positions, prefixes, self.dtype),
            **mixed,
        )
        return output.logits[:, -1].float() if logits else None
