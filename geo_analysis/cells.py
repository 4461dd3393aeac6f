"""Hexagons (H3): counts of the whole area, with the cells where nothing happened, and who is whose neighbour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.errors import BadInput
from geo_analysis.points import Flags, Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Ids = npt.NDArray[np.uint64]
FINEST, COARSEST = 9, 4
# A cell and its six neighbours hold about this many points on average at the least.
PER_CELL = 1.0
# Cells that hold so many are occupied nearly all: they show how large the area is.
DENSE = 4.0
SAMPLE = 30_000
# Gaps up to twice this wide, in cells, belong to the area.
GAP = 2
MOST_CELLS = 200_000


@dataclass(frozen=True)
class Grid:
    """The cells of the area in the order of their ids. ``inner`` have all of their neighbours inside."""

    resolution: int
    cells: Ids
    neighbours: csr_array
    inner: Flags

    def __len__(self) -> int:
        return len(self.cells)

    @cached_property
    def centres(self) -> tuple[Floats, Floats]:
        import h3.api.basic_int as h3

        at = np.array([h3.cell_to_latlng(one) for one in self.cells.tolist()], np.float64).reshape(-1, 2)
        return at[:, 1], at[:, 0]

    @cached_property
    def areas_km2(self) -> Floats:
        import h3.api.basic_int as h3

        return np.array([h3.cell_area(one, unit="km^2") for one in self.cells.tolist()], np.float64)

    def places(self, cells: Ids) -> npt.NDArray[np.int64]:
        """Where each stands among the area's cells; -1 for those outside."""
        at = np.minimum(np.searchsorted(self.cells, cells), len(self.cells) - 1)
        return np.where(self.cells[at] == cells, at, -1)

    def counts(self, cells: Ids, weights: Floats | None = None) -> Floats:
        at = self.places(cells)
        inside = at >= 0
        given = None if weights is None else weights[inside]
        return np.bincount(at[inside], given, len(self)).astype(np.float64)


def cells_at(longitude: Floats, latitude: Floats, resolution: int) -> Ids:
    import h3.api.basic_int as h3

    found = map(h3.latlng_to_cell, latitude.tolist(), longitude.tolist(), [resolution] * len(longitude))
    return np.fromiter(found, np.uint64, len(longitude))


def fitting_resolution(longitude: Floats, latitude: Floats) -> int:
    """The finest at which the area's cells hold a point each on average: finer, and nearly all of them are empty."""
    n = len(longitude)
    step = max(1, n // SAMPLE)
    x, y = longitude[::step], latitude[::step]
    coarse, area = COARSEST, 1
    for coarse in range(FINEST, COARSEST - 1, -1):
        occupied = np.unique(cells_at(x, y, coarse)).tolist()
        if len(x) / len(occupied) >= DENSE:
            area = len(closed(occupied, 1))
            break
    finer = int(np.log(max(1.0, n / area / PER_CELL)) / np.log(7))
    return min(FINEST, coarse + finer)


def area_of(cells: Ids, resolution: int, fitting: int) -> set[int]:
    """The area that points seem to come from. Of finer cells than fit nearly all are empty, and gaps cannot be told
    from the outside: there it is that of the fitting ones."""
    import h3.api.basic_int as h3

    occupied = np.unique(cells).tolist()
    if resolution <= fitting:
        return closed(occupied)
    coarse = closed({h3.cell_to_parent(one, fitting) for one in occupied})
    return {fine for one in coarse for fine in h3.cell_to_children(one, resolution)} | set(occupied)


def grid_of(cells: Iterable[int], resolution: int) -> Grid:
    import h3.api.basic_int as h3
    from scipy.sparse import csr_array

    ids = np.array(sorted(cells), np.uint64)
    if len(ids) > MOST_CELLS:
        raise BadInput(
            "The area has {cells} cells; at most {most} can be analysed.",
            field="--cell",
            remedy="Choose a coarser resolution (a smaller number).",
            cells=len(ids),
            most=MOST_CELLS,
        )
    rings = [[other for other in h3.grid_disk(one, 1) if other != one] for one in ids.tolist()]
    sizes = np.array([len(ring) for ring in rings], np.int64)
    own = np.repeat(np.arange(len(ids)), sizes)
    others = np.fromiter((other for ring in rings for other in ring), np.uint64, int(sizes.sum()))
    at = np.minimum(np.searchsorted(ids, others), len(ids) - 1)
    there = ids[at] == others
    edges = csr_array((np.ones(int(there.sum())), (own[there], at[there])), shape=(len(ids), len(ids)))
    return Grid(resolution, ids, edges, np.bincount(own[there], minlength=len(ids)) == sizes)


def closed(occupied: Iterable[int], gap: int = GAP) -> set[int]:
    """The occupied cells and the gaps between them: what a utility supplies though nothing happened there. The outer
    edge does not grow (a closing: dilated, then eroded)."""
    import h3.api.basic_int as h3

    inside = set(occupied)
    wide = inside
    for _ in range(gap):
        wide = {other for one in wide for other in h3.grid_disk(one, 1)}
    for _ in range(gap):
        wide = {one for one in wide if all(other in wide for other in h3.grid_disk(one, 1))}
    return inside | wide


def within(area: Any, resolution: int) -> set[int]:
    """Cells whose centre lies in a shapely polygon of degrees."""
    import h3.api.basic_int as h3

    return set(h3.geo_to_cells(area, resolution))


def hexagon(cell: int) -> list[list[float]]:
    """A closed ring of longitude and latitude."""
    import h3.api.basic_int as h3

    ring = [[round(x, 6), round(y, 6)] for y, x in h3.cell_to_boundary(cell)]
    return [*ring, ring[0]]
