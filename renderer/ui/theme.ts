import { ActionIcon, Button, type CSSVariablesResolver, createTheme, defaultVariantColorsResolver, Modal, Tooltip } from '@mantine/core'

/** Sizes and words of the page for Mantine; the colours are those of tokens.css. */
export const theme = createTheme({
  fontFamily: 'var(--words)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '14px', xl: '17px' },
  defaultRadius: 6,
  primaryColor: 'indigo',
  // Mantine takes the faces of its fields in the dark from this row.
  colors: {
    dark: ['#e6e9ed', '#c5ccd4', '#9da7b2', '#7d8894', '#434b55', '#2b3138', '#20252a', '#1b1f24', '#14171b', '#101317'],
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  variantColorResolver(input) {
    const red = input.color === 'red'
    if (input.variant === 'filled') {
      const role = red ? 'bad' : 'accent'
      return { background: `var(--${role})`, hover: `var(--${role}-hover)`, color: `var(--${role}-ink)`, border: '1px solid transparent' }
    }
    if (red && (input.variant === 'outline' || input.variant === 'default')) {
      return {
        background: 'var(--panel)',
        hover: 'var(--bad-soft)',
        color: 'var(--bad)',
        border: '1px solid color-mix(in srgb, var(--bad) 45%, var(--line))',
      }
    }
    if (input.variant === 'subtle') {
      return { background: 'transparent', hover: 'var(--hover)', color: red ? 'var(--bad)' : 'var(--dim)', border: '1px solid transparent' }
    }
    return defaultVariantColorsResolver(input)
  },
  components: {
    Button: Button.extend({
      defaultProps: { size: 'xs', variant: 'default' },
      vars: () => ({ root: { '--button-height': '28px', '--button-fz': '12.5px', '--button-padding-x': '11px' } }),
    }),
    ActionIcon: ActionIcon.extend({ defaultProps: { size: 24, variant: 'default' } }),
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Tabs: { defaultProps: { keepMounted: false } },
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, withArrow: true, events: { hover: true, focus: true, touch: false } } }),
    Modal: Modal.extend({ defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } } }),
  },
})

const roles = {
  '--mantine-color-body': 'var(--panel)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--dim)',
  '--mantine-color-placeholder': 'var(--faint)',
  '--mantine-color-default': 'var(--panel)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-primary-color-filled': 'var(--accent)',
  '--mantine-primary-color-filled-hover': 'var(--accent-hover)',
  '--mantine-color-disabled': 'var(--hover)',
  '--mantine-color-disabled-color': 'var(--faint)',
  '--mantine-color-disabled-border': 'var(--line)',
}

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: roles, dark: roles })
