import { AwsFault, type Service, type Tree } from '../api.ts'
import { account } from '../cloud.ts'
import { type FunctionState, functionArn, postConfirmation, runtimes } from './function.ts'

/** Lambda, as far as the practice cloud has it: one function, to be looked at. */
export function createLambdaService(state: () => FunctionState): Service {
  return {
    async call({ action, region, params }) {
      switch (action) {
        case 'ListFunctions':
          return { Functions: region === postConfirmation.region ? [configurationOf(state())] : [] }
        case 'GetFunction':
          requireFunction(region, params.text('FunctionName'))
          return {
            Configuration: configurationOf(state()),
            Code: { RepositoryType: 'S3', Location: `https://awslambda-${region}-tasks.s3.${region}.amazonaws.com/practice` },
          }
        case 'GetFunctionConfiguration':
          requireFunction(region, params.text('FunctionName'))
          return configurationOf(state())
        default:
          throw new AwsFault('UnknownOperationException', `The practice cloud does not know ${action} of Lambda.`, 404)
      }
    },
  }
}

/** By its name, its ARN, or a part of that. */
function requireFunction(region: string, name: string | undefined): void {
  const short = (name ?? '').replace(/^(arn:aws:lambda:[a-z0-9-]+:)?(\d{12}:)?(function:)?/, '').replace(/:\$LATEST$/, '')
  if (region === postConfirmation.region && short === postConfirmation.name) return
  const arn = functionArn.replace(postConfirmation.region, region).replace(postConfirmation.name, short)
  throw new AwsFault('ResourceNotFoundException', `Function not found: ${arn}`, 404)
}

function configurationOf({ function: made, changedAt }: FunctionState): Tree {
  const { name, handler } = runtimes[made.runtime]
  const isInVpc = made.failure !== 'time-out'
  return {
    FunctionName: postConfirmation.name,
    FunctionArn: functionArn,
    Runtime: name,
    Role: `arn:aws:iam::${account}:role/service-role/cruddur-post-confirmation-role`,
    Handler: handler,
    CodeSize: 2_914,
    Description: '',
    Timeout: postConfirmation.timeoutSeconds,
    MemorySize: postConfirmation.memoryMb,
    LastModified: changedAt.replace('Z', '+0000'),
    Version: '$LATEST',
    ...(isInVpc
      ? {
          VpcConfig: {
            SubnetIds: ['subnet-0a1b2c3d4e5f60718'],
            SecurityGroupIds: ['sg-0c0ffee0123456789'],
            VpcId: 'vpc-0123456789abcdef0',
          },
        }
      : {}),
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: ['x86_64'],
    LoggingConfig: { LogFormat: made.format === 'json' ? 'JSON' : 'Text', LogGroup: postConfirmation.logGroup },
  }
}
