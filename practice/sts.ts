import { AwsFault, type Service } from './api.ts'
import { account } from './cloud.ts'

/** Whoever calls is the one user of the practice account. */
export const sts: Service = {
  async call({ action }) {
    if (action !== 'GetCallerIdentity') {
      throw new AwsFault('InvalidAction', `Could not find operation ${action} for version 2011-06-15`)
    }
    return { Arn: `arn:aws:iam::${account}:user/practice`, UserId: 'AIDAPRACTICEPRACTICE0', Account: account }
  },
}
