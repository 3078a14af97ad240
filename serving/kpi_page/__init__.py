"""The page of KPIs: one HTML file that needs nothing else to be read."""

from serving.kpi_page.render import render_kpis

__all__ = ["render_kpis"]
