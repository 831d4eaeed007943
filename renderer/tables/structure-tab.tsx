import type { ReactNode } from 'react'
import type { EnvironmentId } from '../../preload/contract/environments.ts'
import { CopyButton } from '../ui/copy.tsx'
import { Card } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { formatBytes } from '../ui/quantities.ts'
import { type Cell, columnCells, constraintCells, indexCells, triggerCells } from './columns.tsx'
import { definitionOf } from './definition.ts'
import { useStructure } from './queries.ts'

/** Columns, indexes, constraints, triggers and the definition of one relation. */
export function StructureTab({ environment, oid }: { environment: EnvironmentId; oid: number }) {
  const structure = useStructure(environment, oid)
  return (
    <div className="structure">
      <Loaded query={structure} environment={environment} rows={8}>
        {(found) => {
          const definition = definitionOf(found)
          return (
            <>
              <Part
                title="Columns"
                rows={found.columns}
                cells={columnCells(found.columns)}
                extra={
                  <span className="dim">
                    {found.totalBytes === null ? 'size unknown while locked' : `${formatBytes(found.totalBytes)} with indexes and TOAST`}
                  </span>
                }
              />
              <Part title="Indexes" rows={found.indexes} cells={indexCells} />
              <Part title="Constraints" rows={found.constraints} cells={constraintCells} />
              <Part title="Triggers" rows={found.triggers} cells={triggerCells} />
              <Card title="Definition" label="Definition" padded extra={<CopyButton text={definition} what="the definition" />}>
                <pre className="mono">{definition}</pre>
              </Card>
            </>
          )
        }}
      </Loaded>
    </div>
  )
}

function Part<Row>({
  title,
  rows,
  cells,
  extra,
}: {
  title: string
  rows: readonly Row[]
  cells: readonly (Cell & { readonly cell: (row: Row) => ReactNode })[]
  extra?: ReactNode
}) {
  return (
    <Card title={title} label={title} extra={extra}>
      {rows.length === 0 ? (
        <p className="dim structure-none">None</p>
      ) : (
        <div className="structure-scroll">
          <table aria-label={title}>
            <thead>
              <tr>
                {cells.map((cell) => (
                  <th key={cell.title} scope="col">
                    {cell.title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the rows are the catalogue's, in its order
                <tr key={place}>
                  {cells.map((cell) => (
                    <td key={cell.title} className={cell.mono ? 'mono' : undefined}>
                      {cell.cell(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  )
}
