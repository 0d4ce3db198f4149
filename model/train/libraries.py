"""What training takes of PEFT, transformers and TRL, imported after bitsandbytes, whose own import has side effects."""

from crimeetl.model.base import import_bitsandbytes

import_bitsandbytes()  # before the others import it with them
from peft import LoraConfig  # noqa: E402
from peft.tuners.lora.layer import Linear as PeftLinear  # noqa: E402
from transformers import TrainerCallback  # noqa: E402
from transformers.modeling_layers import GradientCheckpointingLayer  # noqa: E402
from transformers.trainer_callback import PrinterCallback  # noqa: E402
from trl import SFTConfig, SFTTrainer  # noqa: E402

__all__ = [
    "GradientCheckpointingLayer",
    "LoraConfig",
    "PeftLinear",
    "PrinterCallback",
    "SFTConfig",
    "SFTTrainer",
    "TrainerCallback",
]
