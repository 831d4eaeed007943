import type { Creation, CreationCheck, CreationOptions } from '../../preload/contract/provision.ts'

/** What was chosen so far, in a place whose options are other ones: what is not to be had there begins anew. */
export function moveTo(options: CreationOptions, before: Creation | null): Creation {
  const { defaults } = options
  if (before === null) return defaults
  const { availabilityZone, subnetGroup: _ofTheOldNetwork, ...kept } = before
  const groups = before.securityGroups.filter((id) => options.securityGroups.some((group) => group.id === id))
  return {
    ...kept,
    profile: defaults.profile,
    region: defaults.region,
    instanceClass: pick(options.instanceClasses, before.instanceClass, defaults.instanceClass),
    engineVersion: pick(options.engineVersions, before.engineVersion, defaults.engineVersion),
    ...(availabilityZone !== undefined && options.availabilityZones.includes(availabilityZone) ? { availabilityZone } : {}),
    securityGroups: groups.length > 0 ? groups : defaults.securityGroups,
  }
}

/** The name, with a number after it where it is taken: `cruddur-db-instance-2`. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  const numbered = (number: number): string => {
    const next = `${name}-${number}`
    return taken.has(next) ? numbered(number + 1) : next
  }
  return numbered(2)
}

const pick = (offered: readonly string[], chosen: string, otherwise: string) => (offered.includes(chosen) ? chosen : otherwise)

/** A change of some fields; an optional one that is emptied is left out, as AWS is not told of it. */
export type Some = { readonly [Name in keyof Creation]?: Creation[Name] | undefined }

export function withSome(creation: Creation, some: Some): Creation {
  const entries = Object.entries({ ...creation, ...some }).filter(([, value]) => value !== undefined)
  // Only optional fields are ever undefined, so what is left is a creation.
  return Object.fromEntries(entries) as Creation
}

/** The sentences of a check that belong to a field, or to a part of it (`makeEnvironment.id`). */
export function saidOf(check: CreationCheck | null, kind: 'refusals' | 'warnings', field: string): string[] {
  return (check?.[kind] ?? []).filter((each) => each.field === field || each.field.startsWith(`${field}.`)).map(({ sentence }) => sentence)
}

/** Refusals whose field the form does not have: told under it, so that none is lost. */
export function restOf(check: CreationCheck | null, fields: readonly string[]): string[] {
  return (check?.refusals ?? [])
    .filter(({ field }) => !fields.some((name) => field === name || field.startsWith(`${name}.`)))
    .map(({ sentence }) => sentence)
}

// Without the characters that RDS refuses (/, ", @ and space) and those that look alike.
const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_.!*+='

/** A password of 32 characters by chance, as RDS takes it: about 190 bits. */
export function makePassword(
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> = (bytes) => crypto.getRandomValues(bytes),
): string {
  let made = ''
  while (made.length < 32) {
    // 62 letters: bytes from 248 on would make the first ones likelier.
    for (const byte of random(new Uint8Array(32)))
      if (byte < letters.length * Math.floor(256 / letters.length)) made += letters[byte % letters.length]
  }
  return made.slice(0, 32)
}
