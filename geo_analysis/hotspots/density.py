"""Kernel density (Gaussian) at the centres of cells: reports per km², corrected at the area's edge. Pure."""

from __future__ import annotations

import numpy as np

from geo_analysis.points import Floats

# Bins of the raster in a bandwidth; the surface is right to about half a percent.
BINS = 6
MOST_BINS = 4_000_000


def density(points: tuple[Floats, Floats], centres: tuple[Floats, Floats], bandwidth_m: float, cell_m: float) -> Floats:
    """Points and centres in metres of one plane. ``cell_m``: what lies farther than this from every centre is outside
    the area, and the kernel's part there is given back."""
    from scipy.ndimage import gaussian_filter, map_coordinates
    from scipy.spatial import cKDTree

    margin = 4 * bandwidth_m
    west, south = centres[0].min() - margin, centres[1].min() - margin
    wide, high = centres[0].max() + margin - west, centres[1].max() + margin - south
    bin_m = max(bandwidth_m / BINS, float(np.sqrt(wide * high / MOST_BINS)))
    shape = (int(high / bin_m) + 2, int(wide / bin_m) + 2)
    rows, columns = (points[1] - south) / bin_m, (points[0] - west) / bin_m
    inside = (rows >= 0) & (columns >= 0) & (rows < shape[0] - 1) & (columns < shape[1] - 1)
    raster = np.zeros(shape)
    _spread(raster, rows[inside], columns[inside])
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    near, _ = cKDTree(np.column_stack(centres)).query(
        np.column_stack((west + x.ravel() * bin_m, south + y.ravel() * bin_m)), distance_upper_bound=cell_m
    )
    sigma = bandwidth_m / bin_m
    area = np.isfinite(near).reshape(shape).astype(np.float64)
    at = np.array(((centres[1] - south) / bin_m, (centres[0] - west) / bin_m))
    smooth, mass = (
        map_coordinates(gaussian_filter(each, sigma, mode="constant", truncate=4.0), at, order=1)
        for each in (raster, area)
    )
    return np.asarray(smooth / (bin_m / 1000) ** 2 / np.maximum(mass, 0.05), np.float64)


def _spread(raster: Floats, rows: Floats, columns: Floats) -> None:
    """Each point onto the four bins around it, so that the raster's step does not show."""
    down, left = rows.astype(np.int64), columns.astype(np.int64)
    below, right = rows - down, columns - left
    for row, column, share in (
        (down, left, (1 - below) * (1 - right)),
        (down, left + 1, (1 - below) * right),
        (down + 1, left, below * (1 - right)),
        (down + 1, left + 1, below * right),
    ):
        np.add.at(raster, (row, column), share)
