"""See, count down and revoke the live sessions of a Qiscus Omnichannel admin."""

__version__ = "0.1.0"
