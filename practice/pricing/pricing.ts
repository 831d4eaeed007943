import { AwsFault, type Params, type Service, type Tree } from '../api.ts'
import { type Product, priceListEntry, products } from './products.ts'

const most = 100

/** Pricing, as far as it prices RDS. */
export const pricing: Service = {
  async call({ action, params }) {
    switch (action) {
      case 'GetProducts':
        return getProducts(params)
      case 'GetAttributeValues':
        return getAttributeValues(params)
      case 'DescribeServices':
        return {
          Services: [
            { ServiceCode: 'AmazonRDS', AttributeNames: [...new Set(products.flatMap((one) => Object.keys(fieldsOf(one))))].sort() },
          ],
          FormatVersion: 'aws_v1',
        }
      default:
        throw new AwsFault('UnknownOperationException', `The operation ${action} is not known.`)
    }
  },
}

const fieldsOf = ({ productFamily, sku, attributes }: Product): Readonly<Record<string, string>> => ({
  ...attributes,
  productFamily,
  sku,
  serviceCode: 'AmazonRDS',
})

/** A field that no product has matches nothing, as at AWS. */
function getProducts(params: Params): Tree {
  requireService(params)
  const filters = params.groups('Filters').map((filter) => ({
    type: filter.text('Type') ?? 'TERM_MATCH',
    field: filter.text('Field') ?? '',
    value: filter.text('Value') ?? '',
  }))
  for (const { type } of filters) {
    if (type !== 'TERM_MATCH' && type !== 'EQUALS') throw invalid(`The filter type ${type} is not one of TERM_MATCH and EQUALS.`)
  }
  const list = products.filter((product) => filters.every(({ field, value }) => fieldsOf(product)[field] === value))
  const { page, next } = pageOf(params, list)
  return { FormatVersion: 'aws_v1', PriceList: page.map(priceListEntry), NextToken: next }
}

function getAttributeValues(params: Params): Tree {
  requireService(params)
  const name = params.text('AttributeName') ?? ''
  const values = [...new Set(products.flatMap((product) => fieldsOf(product)[name] ?? []))].sort()
  if (values.length === 0) throw invalid(`AmazonRDS has no attribute ${name}.`)
  const { page, next } = pageOf(params, values)
  return { AttributeValues: page.map((Value) => ({ Value })), NextToken: next }
}

function requireService(params: Params): void {
  const code = params.text('ServiceCode')
  if (code !== 'AmazonRDS') throw invalid(`The practice cloud has prices for AmazonRDS, not for ${code ?? 'a service that is not named'}.`)
}

const invalid = (message: string) => new AwsFault('InvalidParameterException', message)

function pageOf<T>(params: Params, list: readonly T[]): { page: readonly T[]; next: string | undefined } {
  const size = params.whole('MaxResults') ?? most
  if (size < 1 || size > most) throw invalid(`MaxResults must be between 1 and ${most}.`)
  const token = params.text('NextToken')
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString())
  if (!Number.isInteger(start) || start < 0) throw new AwsFault('InvalidNextTokenException', 'The token is not valid.')
  const end = start + size
  return { page: list.slice(start, end), next: end < list.length ? Buffer.from(String(end)).toString('base64url') : undefined }
}
