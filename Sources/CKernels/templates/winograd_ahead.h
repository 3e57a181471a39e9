// What a thread's next item reads, in the order the micro-kernels ask for it while the products of this one run.
//
// Only what is new: rows and planes that the next item shares with its neighbours above and before are still in a cache.

/// A walk over the next item's new input rows.
typedef struct {
    const ck_convolution *c;
    tiles_t tiles;      // of the next item
    int row, rows;      // the next row of the walk, and all
    int left;           // lines left of the present row
    const float *at;
} CK_NAME(ahead);
#define ahead_t CK_NAME(ahead)

/// Inputs that the item does not share with its neighbours before and above.
CK_INLINE int new_planes(const ck_convolution *c) { return tile_step(c->depth_axis); }
CK_INLINE int new_rows(const ck_convolution *c, const tiles_t *t) { return t->rows - tile_overlap(c->plane_axis); }

/// The walk of the item that is likely this thread's next.
CK_INLINE ahead_t ahead_of(const ck_convolution *c, int item, int items) {
    ahead_t a = {.c = c, .at = c->weights};
    if (c->items_ahead > 0 && item + c->items_ahead < items) {
        a.tiles = brick_tiles(c, item + c->items_ahead);
        a.rows = input_blocks(c) * new_planes(c) * new_rows(c, &a.tiles);
    }
    return a;
}

/// Goes on to the next row that exists; past the last, to one without end at one place.
static __attribute__((noinline)) void ahead_row(ahead_t *a) {
    const ck_convolution *c = a->c;
    const int planes = new_planes(c), rows = new_rows(c, &a->tiles);
    const int front = first_input(c->depth_axis, a->tiles.depth) + tile_overlap(c->depth_axis);
    const int top = first_input(c->plane_axis, a->tiles.first[0]) + tile_overlap(c->plane_axis);
    const int start = first_input(c->plane_axis, a->tiles.first[1]);
    const int left = CK_MAX(0, start), right = CK_MIN(c->in[2], start + a->tiles.columns);
    while (a->row < a->rows) {
        const int row = a->row++, h = top + row % rows, d = front + row / rows % planes;
        int block = row / (rows * planes);
        if (h < 0 || h >= c->in[1] || d < 0 || d >= c->in[0]) { continue; }
        const ck_source *source = source_of(c, &block);
        a->at = source_plane(c, source, block, d) + (size_t)(h * c->in[2] + left) * CK_BLOCK;
        a->left = (right - left) * CK_BLOCK / CK_LINE;
        return;
    }
    a->left = INT_MAX;
}

/// The next `lines` lines of the walk.
CK_INLINE const float *ahead_take(ahead_t *a, int lines) {
    if (a->left <= 0) { ahead_row(a); }
    const float *at = a->at;
    if (a->left != INT_MAX) { a->left -= lines, a->at += (size_t)lines * CK_LINE; }
    return at;
}
