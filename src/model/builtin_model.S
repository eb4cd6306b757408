// The three files of the built-in model as read-only data. Each has a begin and an end symbol, hidden, so
// that only this library sees them. The folder is on the assembler's include path.

    .section .rodata
    .macro embed name, file
    .balign 64
    .global \name\()_begin
    .hidden \name\()_begin
\name\()_begin:
    .incbin "\file"
    .global \name\()_end
    .hidden \name\()_end
\name\()_end:
    .byte 0
    .endm

    embed scaup_model_tensors, "model.safetensors"
    embed scaup_model_tokenizer, "tokenizer.json"
    embed scaup_model_config, "config.json"

    .section .note.GNU-stack, "", %progbits
