"""Data-parallel training under `torchrun`; a team of one everywhere else."""

import atexit
import os
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True)
class Team:
    """One of `size` processes; rank 0 alone prints and writes cards."""

    rank: int = 0
    size: int = 1

    def device(self, device: torch.device) -> torch.device:
        """Each process takes the GPU of its own local rank."""
        if self.size > 1 and device.type == "cuda" and device.index is None:
            return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        return device

    @property
    def leads(self) -> bool:
        """Whether this is the process that speaks for all."""
        return self.rank == 0

    def wrap(self, module: nn.Module) -> nn.Module:
        """The module with gradients averaged over the team."""
        # A layer that the loss does not use has no gradient to wait for.
        return DistributedDataParallel(module, find_unused_parameters=True) if self.size > 1 else module

    def share(self, indices: torch.Tensor) -> torch.Tensor:
        """This process's equal part of a batch; a remainder that cannot be shared equally is left out of this epoch."""
        equal = len(indices) // self.size * self.size
        return indices[self.rank : equal : self.size]

    def sum(self, number: torch.Tensor) -> torch.Tensor:
        """The sum over the team, in every process."""
        if self.size > 1:
            dist.all_reduce(number)
        return number


def find_team() -> Team:
    """The team that torchrun started, or a team of one. The process group lives as long as the process."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return Team()
    if not dist.is_initialized():
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
        atexit.register(dist.destroy_process_group)
    return Team(dist.get_rank(), dist.get_world_size())
