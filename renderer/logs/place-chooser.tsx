import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Place } from '../../preload/contract/instances.ts'
import { orpc } from '../client.ts'
import { Loaded } from '../ui/loaded.tsx'

/** Chooses a profile and region whose log groups are shown, for environments that are on no AWS account and for groups that are elsewhere. */
export function PlaceChooser({
  environment,
  place,
  onChoose,
}: {
  environment: string
  place: Place | null
  onChoose: (place: Place) => void
}) {
  const query = useQuery(orpc.instances.profiles.queryOptions({ input: { environment } }))
  const [profile, setProfile] = useState<string | null>(place?.profile ?? null)
  const [region, setRegion] = useState<string | null>(place?.region ?? null)
  return (
    <Loaded query={query} environment={environment} rows={1}>
      {({ profiles, regions }) => (
        <form
          className="row log-place"
          onSubmit={(event) => {
            event.preventDefault()
            if (profile !== null && region !== null) onChoose({ profile, region })
          }}
        >
          <Select
            aria-label="Profile"
            placeholder="Profile"
            w={150}
            searchable
            comboboxProps={{ withinPortal: false }}
            data={profiles.map(({ name }) => name)}
            value={profile}
            onChange={(name) => {
              setProfile(name)
              setRegion(profiles.find((each) => each.name === name)?.region ?? region)
            }}
          />
          <Select
            aria-label="Region"
            placeholder="Region"
            w={140}
            searchable
            comboboxProps={{ withinPortal: false }}
            data={region === null || regions.includes(region) ? regions : [region, ...regions]}
            value={region}
            onChange={setRegion}
          />
          <Button type="submit" disabled={profile === null || region === null}>
            Show groups
          </Button>
        </form>
      )}
    </Loaded>
  )
}
