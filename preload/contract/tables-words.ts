/** Words of the tables' contract that the page needs too, in a file without schemas. */

export const relationKinds = ['table', 'partitioned table', 'view', 'materialized view', 'foreign table'] as const

/** The columns of the pages that list relations. */
export const relationColumns = ['oid', 'schema', 'name', 'kind', 'estimatedRows', 'estimatedBytes', 'comment'] as const

export const filterOperators = ['=', '<>', '<', '<=', '>', '>=', 'contains', 'starts with', 'is null', 'is not null'] as const
