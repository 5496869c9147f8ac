"""The matrix product by loops, each element by element."""
# rest: source


class Tensor:
    def __matmul__(self, other):
        x, y = self.data, other.data
        if x.ndim == 0 or y.ndim == 0:
            raise ValueError("a single number is no matrix")
        rows = x.reshape(1, -1) if x.ndim == 1 else x
        columns = y.reshape(-1, 1) if y.ndim == 1 else y
        if rows.shape[-1] != columns.shape[-2]:
            raise ValueError(f"{rows.shape[-1]} columns, but {columns.shape[-2]} rows")
        front = np.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
        rows = np.broadcast_to(rows, front + rows.shape[-2:])
        columns = np.broadcast_to(columns, front + columns.shape[-2:])
        out = np.zeros(front + (rows.shape[-2], columns.shape[-1]), np.result_type(x, y))
        for place in np.ndindex(out.shape):
            *batch, i, j = place
            for k in range(rows.shape[-1]):
                out[place] += rows[(*batch, i, k)] * columns[(*batch, k, j)]
        if x.ndim == 1:
            out = out[..., 0, :]
        if y.ndim == 1:
            out = out[..., 0]
        return Tensor(out)
