"""What every test has in common."""

import torch

# As in the worker processes. With more, the many small operations here take ten times as long on a busy machine.
torch.set_num_threads(1)
