"""Which contacts are evaluated, and what they say of all: samples with known probabilities."""

from quality.sampling.agent_keys import AgentKeys, is_agent_key
from quality.sampling.agents import MIN_EVALUATED, AgentFigure, AgentFigures, agent_figures
from quality.sampling.contacts import SIGNALS, SamplingContact, Signal
from quality.sampling.drawing import Sample, SampledCell, SampledContact, sample
from quality.sampling.estimates import Estimate, TeamEstimate, estimate_mean, estimate_share
from quality.sampling.rule import SamplingRule, example_rule, load_sampling_rule
from quality.sampling.shares import wilson_interval

__all__ = [
    "MIN_EVALUATED",
    "SIGNALS",
    "AgentFigure",
    "AgentFigures",
    "AgentKeys",
    "Estimate",
    "Sample",
    "SampledCell",
    "SampledContact",
    "SamplingContact",
    "SamplingRule",
    "Signal",
    "TeamEstimate",
    "agent_figures",
    "estimate_mean",
    "estimate_share",
    "example_rule",
    "is_agent_key",
    "load_sampling_rule",
    "sample",
    "wilson_interval",
]
