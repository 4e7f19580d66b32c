/** The state of a list, kept in the address: page, page size, order and filters. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

export interface Filter {
  /** The field as the API's `q` knows it; in the address under the same name. */
  key: string;
  label: string;
  /** Choices; a text that is contained if there are none. */
  options?: { value: string; label: string }[];
  /** Asks for the value itself where the default would ask for what contains it. */
  exact?: boolean;
}

export interface ListState {
  page: number;
  pageSize: number;
  /** A field, with `-` before it for descending; empty for the server's own order. */
  sort: string;
  filters: Record<string, string>;
  /** `replace` takes the place of the address before, where nobody asked for the page. */
  setPage(page: number, replace?: boolean): void;
  setPageSize(size: number): void;
  setSort(sort: string): void;
  /** The order stays as it is where none is given. */
  setFilters(filters: Record<string, string>, sort?: string): void;
  /** What the API takes. */
  query: { page: number; page_size: number; sort?: string; q?: string };
}

export const PAGE_SIZES = [15, 25, 50, 100];

/** What contains a text, as the `q` language takes it: decoded once more, and without the sign that parts. */
export function contained(text: string): string {
  return `~${text.replaceAll(",", "").replaceAll("%", "%25")}`;
}

/** The filters in the `q` language. Choices and exact values are in that language already. */
export function toQ(filters: Filter[], values: Record<string, string>): string {
  return filters
    .map(({ key, options, exact }) => ({ key, value: values[key] ?? "", isPlain: !options && !exact }))
    .filter(({ value }) => value !== "")
    .map(({ key, value, isPlain }) => `${key}=${isPlain ? contained(value) : value}`)
    .join(",");
}

interface Usual {
  pageSize?: number;
  sort?: string;
  prefix?: string;
}

type Search = Record<string, unknown>;

/** What an address says of its list: known before the page is there that shows it. */
export function readState(
  search: Search,
  filters: Filter[],
  { pageSize: usual = 25, sort: usualSort = "", prefix = "" }: Usual = {},
) {
  const text = (name: string) => (search[prefix + name] === undefined ? "" : String(search[prefix + name]));
  const page = Math.max(1, Number(text("page")) || 1);
  const size = Number(text("size"));
  const pageSize = PAGE_SIZES.includes(size) ? size : usual;
  const sort = text("sort") || usualSort;
  const values = Object.fromEntries(
    filters.map(({ key }) => [key, text(key)]).filter(([, value]) => value),
  ) as Record<string, string>;
  const q = toQ(filters, values);
  const query = { page, page_size: pageSize, ...(sort && { sort }), ...(q && { q }) };
  return { page, pageSize, sort, filters: values, query };
}

/**
 * The state of the page's list. `filters` should be constant between renders.
 * A page with two lists gives the second a `prefix` for its names in the address.
 */
export function useListState(
  filters: Filter[],
  { pageSize: usual = 25, sort: usualSort = "", prefix = "" }: Usual = {},
): ListState {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  return useMemo(() => {
    const change = (values: Record<string, string | number | undefined>, replace = false) => {
      const named = Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));
      navigate({
        to: ".",
        search: ((before: Search) => ({ ...before, ...named })) as never,
        replace,
        resetScroll: false,
      });
    };
    return {
      ...readState(search, filters, { pageSize: usual, sort: usualSort, prefix }),
      setPage: (to, replace) => change({ page: to === 1 ? undefined : to }, replace),
      setPageSize: (to) => change({ size: to === usual ? undefined : to, page: undefined }),
      setSort: (to) => change({ sort: to === usualSort ? undefined : to, page: undefined }),
      setFilters: (to, order) =>
        change(
          {
            ...Object.fromEntries(filters.map(({ key }) => [key, to[key] || undefined])),
            ...(order !== undefined && { sort: order === usualSort ? undefined : order }),
            page: undefined,
          },
          true,
        ),
    };
  }, [search, navigate, filters, usual, usualSort, prefix]);
}
