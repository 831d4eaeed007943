import { autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { PostgreSQL, type SQLNamespace, sql } from '@codemirror/lang-sql'
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, Prec } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view'
import { classHighlighter } from '@lezer/highlight'
import { type RefObject, useEffect, useImperativeHandle, useRef } from 'react'
import { styleNonce } from '../style-nonce.ts'

/** A piece of the editor's text and where it begins. */
export interface Piece {
  readonly text: string
  readonly from: number
}

export interface EditorHandle {
  /** The selected text, or all of it. */
  piece(): Piece
  /** Puts another text in the place of this one; undo brings it back. */
  replace(text: string): void
  focus(): void
}

/** Schema → relation → columns. */
export type Catalogue = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

export interface EditorProps {
  readonly initial: string
  readonly handle: RefObject<EditorHandle | null>
  readonly catalogue: Catalogue
  /** What is wrong, and where. */
  readonly fault: { readonly at: number; readonly message: string } | null
  readonly onChange: (text: string) => void
  readonly onRun: () => void
}

const language = new Compartment()

/** Calls and tells the editor that the key was used. */
function told(call: () => void): true {
  call()
  return true
}

/** The editor of SQL. Its document is its own: React is told of changes and does not hold it. */
export function Editor({ initial, handle, catalogue, fault, onChange, onRun }: EditorProps) {
  const parent = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const calls = useRef({ onChange, onRun })
  calls.current = { onChange, onRun }
  const first = useRef(initial)

  useEffect(() => {
    if (parent.current === null) return
    const made = new EditorView({
      parent: parent.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          // Before every other meaning of these keys.
          Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => told(calls.current.onRun) }])),
          base,
          language.of(sqlWith({})),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) calls.current.onChange(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    return () => {
      view.current = null
      made.destroy()
    }
  }, [])

  useEffect(() => view.current?.dispatch({ effects: language.reconfigure(sqlWith(catalogue)) }), [catalogue])

  useEffect(() => {
    const editor = view.current
    if (editor === null) return
    editor.dispatch(setDiagnostics(editor.state, fault === null ? [] : [diagnosticAt(editor.state, fault)]))
    if (fault !== null) editor.dispatch({ effects: EditorView.scrollIntoView(Math.min(fault.at, editor.state.doc.length)) })
  }, [fault])

  useImperativeHandle(handle, () => ({
    piece() {
      const state = view.current?.state
      if (view.current === null || state === undefined) return { text: '', from: 0 }
      closeCompletion(view.current)
      const { from, to, empty } = state.selection.main
      return empty ? { text: state.doc.toString(), from: 0 } : { text: state.sliceDoc(from, to), from }
    },
    replace(text) {
      const length = view.current?.state.doc.length ?? 0
      view.current?.dispatch({ changes: { from: 0, to: length, insert: text }, selection: { anchor: 0 } })
    },
    focus: () => view.current?.focus(),
  }))

  return <div ref={parent} className="sql-editor" />
}

/**
 * Text typed over a selection is put in by the editor itself. Chromium would carry the style of what was selected over
 * as a style attribute, which the page's content security policy refuses with an entry in its log.
 */
const typeOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main
    const text = event.data
    if (empty || text === null || event.inputType !== 'insertText' || event.isComposing) return false
    event.preventDefault()
    const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true })
    if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, text, insert))) view.dispatch(insert())
    return true
  },
})

const base = [
  typeOver,
  lineNumbers(),
  highlightSpecialChars(),
  history(),
  drawSelection(),
  EditorState.allowMultipleSelections.of(true),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  autocompletion(),
  highlightActiveLine(),
  highlightSelectionMatches(),
  lintGutter(),
  syntaxHighlighting(classHighlighter),
  EditorView.contentAttributes.of({ 'aria-label': 'SQL' }),
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, indentWithTab]),
]

function sqlWith(catalogue: Catalogue) {
  // The library asks for mutable arrays, and does not change them.
  const schema = catalogue as SQLNamespace
  return sql({ dialect: PostgreSQL, schema, defaultSchema: 'public', upperCaseKeywords: true })
}

/** From the position to the end of the word there, so that there is something to underline. */
function diagnosticAt(state: EditorState, { at, message }: { at: number; message: string }) {
  const from = Math.min(at, state.doc.length)
  const word = /^[\p{L}\p{N}_$]+/u.exec(state.sliceDoc(from, from + 100))?.[0] ?? ''
  const to = Math.min(state.doc.length, from + Math.max(1, word.length))
  return { from: Math.min(from, to), to, severity: 'error' as const, message }
}
