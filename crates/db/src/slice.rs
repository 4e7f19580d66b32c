//! Work on any number of rows goes by slices: there is a time within which a statement has to end.

/// How many rows a statement is about, where there may be any number.
pub(crate) const SLICE: usize = 1000;

/// The first and the last of each slice of rows that are in order.
pub(crate) fn bounds<T>(rows: &[T]) -> impl Iterator<Item = (&T, &T)> {
    rows.chunks(SLICE).filter_map(|slice| Some((slice.first()?, slice.last()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_meet_and_leave_nothing_out() {
        let rows: Vec<usize> = (0..=2 * SLICE).collect();
        let slices: Vec<_> = bounds(&rows).collect();
        assert_eq!(slices, [(&0, &999), (&1000, &1999), (&2000, &2000)]);
        assert_eq!(bounds::<i64>(&[]).count(), 0);
    }
}
