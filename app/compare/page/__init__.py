"""A report as one HTML file: pictures, style and script inside it, nothing from elsewhere."""

from __future__ import annotations

from app.compare.page.report import Figure, Report, ReportedDocument, Shot, write

__all__ = ["Figure", "Report", "ReportedDocument", "Shot", "write"]
