/**
 * What the practice cloud costs: figures for practice, near to those of Amazon's list in their proportions and no offer of anybody's.
 * USD in us-east-1, for PostgreSQL in one availability zone; two zones cost twice as much.
 */

export interface InstanceClass {
  readonly name: string
  readonly vcpu: number
  readonly memoryGib: number
  readonly perHour: number
}

/** The classes that have a price. */
export const classes: readonly InstanceClass[] = [
  { name: 'db.t3.micro', vcpu: 2, memoryGib: 1, perHour: 0.018 },
  { name: 'db.t3.small', vcpu: 2, memoryGib: 2, perHour: 0.036 },
  { name: 'db.t3.medium', vcpu: 2, memoryGib: 4, perHour: 0.072 },
  { name: 'db.t3.large', vcpu: 2, memoryGib: 8, perHour: 0.145 },
  { name: 'db.t4g.micro', vcpu: 2, memoryGib: 1, perHour: 0.016 },
  { name: 'db.t4g.small', vcpu: 2, memoryGib: 2, perHour: 0.032 },
  { name: 'db.t4g.medium', vcpu: 2, memoryGib: 4, perHour: 0.065 },
  { name: 'db.t4g.large', vcpu: 2, memoryGib: 8, perHour: 0.129 },
  { name: 'db.m5.large', vcpu: 2, memoryGib: 8, perHour: 0.178 },
  { name: 'db.m5.xlarge', vcpu: 4, memoryGib: 16, perHour: 0.356 },
  { name: 'db.m6g.large', vcpu: 2, memoryGib: 8, perHour: 0.159 },
  { name: 'db.m6g.xlarge', vcpu: 4, memoryGib: 16, perHour: 0.318 },
  { name: 'db.m7g.large', vcpu: 2, memoryGib: 8, perHour: 0.168 },
  { name: 'db.m7g.xlarge', vcpu: 4, memoryGib: 16, perHour: 0.337 },
  { name: 'db.r5.large', vcpu: 2, memoryGib: 16, perHour: 0.25 },
  { name: 'db.r6g.large', vcpu: 2, memoryGib: 16, perHour: 0.225 },
  { name: 'db.r6g.xlarge', vcpu: 4, memoryGib: 32, perHour: 0.45 },
  { name: 'db.r7g.large', vcpu: 2, memoryGib: 16, perHour: 0.239 },
]

/** A GiB in a month, by the name of its type in the price list. */
export const volumes = [
  { type: 'General Purpose', usage: 'GP2-Storage', engine: 'Any', perGibMonth: 0.115 },
  { type: 'General Purpose-GP3', usage: 'GP3-Storage', engine: 'PostgreSQL', perGibMonth: 0.115 },
  { type: 'Provisioned IOPS', usage: 'PIOPS-Storage', engine: 'Any', perGibMonth: 0.125 },
  { type: 'Provisioned IOPS-IO2', usage: 'PIOPS-Storage-IO2', engine: 'Any', perGibMonth: 0.125 },
  { type: 'Magnetic', usage: 'StorageUsage', engine: 'Any', perGibMonth: 0.1 },
] as const

export interface PricedRegion {
  readonly code: string
  readonly location: string
  /** Begins the usage types of the region. */
  readonly prefix: string
  /** Times the price of us-east-1. */
  readonly factor: number
}

export const pricedRegions: readonly PricedRegion[] = [
  { code: 'us-east-1', location: 'US East (N. Virginia)', prefix: '', factor: 1 },
  { code: 'us-east-2', location: 'US East (Ohio)', prefix: 'USE2-', factor: 1 },
  { code: 'us-west-1', location: 'US West (N. California)', prefix: 'USW1-', factor: 1.16 },
  { code: 'us-west-2', location: 'US West (Oregon)', prefix: 'USW2-', factor: 1 },
  { code: 'ca-central-1', location: 'Canada (Central)', prefix: 'CAN1-', factor: 1.08 },
  { code: 'sa-east-1', location: 'South America (Sao Paulo)', prefix: 'SAE1-', factor: 1.75 },
  { code: 'eu-west-1', location: 'EU (Ireland)', prefix: 'EU-', factor: 1.06 },
  { code: 'eu-west-2', location: 'EU (London)', prefix: 'EUW2-', factor: 1.12 },
  { code: 'eu-west-3', location: 'EU (Paris)', prefix: 'EUW3-', factor: 1.12 },
  { code: 'eu-central-1', location: 'EU (Frankfurt)', prefix: 'EUC1-', factor: 1.16 },
  { code: 'eu-north-1', location: 'EU (Stockholm)', prefix: 'EUN1-', factor: 1.02 },
  { code: 'ap-south-1', location: 'Asia Pacific (Mumbai)', prefix: 'APS3-', factor: 1.1 },
  { code: 'ap-southeast-1', location: 'Asia Pacific (Singapore)', prefix: 'APS1-', factor: 1.28 },
  { code: 'ap-southeast-2', location: 'Asia Pacific (Sydney)', prefix: 'APS2-', factor: 1.28 },
  { code: 'ap-northeast-1', location: 'Asia Pacific (Tokyo)', prefix: 'APN1-', factor: 1.3 },
  { code: 'ap-northeast-2', location: 'Asia Pacific (Seoul)', prefix: 'APN2-', factor: 1.28 },
  { code: 'ap-northeast-3', location: 'Asia Pacific (Osaka)', prefix: 'APN3-', factor: 1.3 },
]
