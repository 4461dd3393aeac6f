"""The table component's own words in Chinese, as far as our tables show them."""

LOCALE_ZH = {
    "noRowsToShow": "没有数据",
    "loadingOoo": "加载中…",
    "page": "页",
    "to": "至",
    "of": "共",
    "sortAscending": "升序",
    "sortDescending": "降序",
    "sortUnSort": "取消排序",
    "pinColumn": "固定列",
    "autosizeThisColumn": "自动调整此列",
    "autosizeAllColumns": "自动调整所有列",
    "resetColumns": "恢复列",
    "filterOoo": "筛选…",
    "copy": "复制",
}
