"""What every test has in common."""

import torch
from hypothesis import HealthCheck, settings

# As in the worker processes. With more, the many small operations here take ten times as long on a busy machine.
torch.set_num_threads(1)

# How long an example takes is the machine's affair: first calls import or compile, and others may be at work beside us.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
