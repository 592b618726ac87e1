"""What the keys of a keyboard mean in each layout that scanners can be set to.

A scanner that plays a keyboard sends places of keys, not characters, and means the layout that
it was set to. The tables hold what a PC's system makes of the 49 keys that differ; `KEYS` are
their codes in Linux. Accents that wait for the next letter stand here as combining characters.
"""

from collections.abc import Iterator
from typing import NamedTuple

KEYS = (41, *range(2, 14), *range(16, 28), *range(30, 41), 43, 86, *range(44, 54), 89, 124)
PLAIN, SHIFT, ALT_GR = range(3)
LEVELS = (PLAIN, SHIFT, ALT_GR)
SPACE = 57


class Layout(NamedTuple):
    """Characters in the order of `KEYS`; AltGr as pairs: what a key is, what AltGr makes of it."""

    plain: str
    shift: str
    alt_gr: str

    def entries(self) -> Iterator[tuple[int, int, str]]:
        """Each key's code, its level and the character it gives, where it gives one.

        >>> (16, ALT_GR, "@") in LAYOUTS["de"].entries()
        True
        """
        for level in (PLAIN, SHIFT):
            for key, character in zip(KEYS, self[level], strict=False):
                if character != " ":
                    yield key, level, character
        for base, character in zip(self.alt_gr[::2], self.alt_gr[1::2], strict=True):
            yield KEYS[self.plain.index(base)], ALT_GR, character
        for level in LEVELS:
            yield SPACE, level, " "

    def characters(self) -> dict[tuple[int, int], str]:
        return {(key, level): character for key, level, character in self.entries()}


LAYOUTS = {
    "us": Layout(
        "`1234567890-=qwertyuiop[]asdfghjkl;'\\<zxcvbnm,./",
        '~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"|>ZXCVBNM<>?',
        "",
    ),
    "uk": Layout(
        "`1234567890-=qwertyuiop[]asdfghjkl;'#\\zxcvbnm,./",
        '¬!"£$%^&*()_+QWERTYUIOP{}ASDFGHJKL:@~|ZXCVBNM<>?',
        "`|4€7{8[9]0}-\\q@]\u0303'\u0302#\u0300\\|",
    ),
    "de": Layout(
        "\u03021234567890ß\u0301qwertzuiopü+asdfghjklöä#<yxcvbnm,.-",
        "°!\"§$%&/()=?\u0300QWERTZUIOPÜ*ASDFGHJKLÖÄ'>YXCVBNM;:_",
        "7{8[9]0}ß\\q@e€+~ä\u0302<|",
    ),
    "ch": Layout(
        "§1234567890'\u0302qwertzuiopü\u0308asdfghjklöä$<yxcvbnm,.-",
        '°+"*ç%&/()=?\u0300QWERTZUIOPè!ASDFGHJKLéà£>YXCVBNM;:_',
        "1|2@3#7|9]0}\u0302\u0303q@e€ü[\u0308]ä{$}<\\",
    ),
    "fr": Layout(
        "²&é\"'(-è_çà)=azertyuiop\u0302$qsdfghjklmù*<wxcvbn,;:!",
        "~1234567890°+AZERTYUIOP\u0308£QSDFGHJKLM%µ>WXCVBN?./§",
        "é\u0303\"#'{([-|è\u0300_\\ç^à@)]=}e€q@ù\u0302*\u0300<|",
    ),
    "be": Layout(
        "²&é\"'(§è!çà)-azertyuiop\u0302$qsdfghjklmùµ<wxcvbn,;:=",
        "³1234567890°_AZERTYUIOP\u0308*QSDFGHJKLM%£>WXCVBN?./+",
        '&|é@"#§^è{![ç{à})\\a@e€\u0302[$]µ\u0300<\\=\u0303',
    ),
    "ca": Layout(
        "#1234567890-=qwertyuiop\u0302\u0327asdfghjkl;\u0300<«zxcvbnm,.é",
        "|!\"/$%?&*()_+QWERTYUIOP\u0302\u0308ASDFGHJKL:\u0300>»ZXCVBNM'.É",
        "#\\2@\u0302[\u0327];~\u0300{<}",
    ),
    "es": Layout(
        "º1234567890'¡qwertyuiop\u0300+asdfghjklñ\u0301ç<zxcvbnm,.-",
        'ª!"·$%&/()=?¿QWERTYUIOP\u0302*ASDFGHJKLÑ\u0308Ç>ZXCVBNM;:_',
        "º\\1|2@3#4~7{8[9]0}'\\q@e€\u0300[+]ñ\u0303\u0301{ç}<|",
    ),
    "latam": Layout(
        "|1234567890'¿qwertyuiop\u0301+asdfghjklñ{}<zxcvbnm,.-",
        '°!"#$%&/()=?¡QWERTYUIOP\u0308*ASDFGHJKLÑ[]>ZXCVBNM;:_',
        "1|2@4~7{8[9]0}'\\q@e€+~ñ~{\u0302}\u0300<\\",
    ),
    "it": Layout(
        "\\1234567890'ìqwertyuiopè+asdfghjklòàù<zxcvbnm,.-",
        '|!"£$%&/()=?^QWERTYUIOPé*ASDFGHJKLç°§>ZXCVBNM;:_',
        "7{8[9]0}'`ì~q@e€è[+]ò@à#ù\u0300",
    ),
    "pt": Layout(
        "\\1234567890'«qwertyuiop+\u0301asdfghjklçº\u0303<zxcvbnm,.-",
        '|!"#$%&/()=?»QWERTYUIOP*\u0300ASDFGHJKLÇª\u0302>ZXCVBNM;:_',
        "2@7{8[9]0}'\\q@e€\u0301\u0303º\u0302\u0303\u0300<\\",
    ),
    "br": Layout(
        "'1234567890-=qwertyuiop\u0301[asdfghjklç\u0303]\\zxcvbnm,.;/",
        '"!@#$%\u0308&*()_+QWERTYUIOP\u0300{ASDFGHJKLÇ\u0302}|ZXCVBNM<>:?',
        "7{8[9]0}-\\q/w?\u0303~",
    ),
    "dk": Layout(
        "½1234567890+\u0301qwertyuiopå\u0308asdfghjklæø'<zxcvbnm,.-",
        '§!"#¤%&/()=?\u0300QWERTYUIOPÅ\u0302ASDFGHJKLÆØ*>ZXCVBNM;:_',
        "2@4$7{8[9]0}\u0301|q@e€\u0308\u0303ø\u0302<\\",
    ),
    "no": Layout(
        "|1234567890+\\qwertyuiopå\u0308asdfghjkløæ'<zxcvbnm,.-",
        '§!"#¤%&/()=?\u0300QWERTYUIOPÅ\u0302ASDFGHJKLØÆ*>ZXCVBNM;:_',
        "2@4$7{8[9]0}q@e€\u0308\u0303æ\u0302",
    ),
    "se": Layout(
        "§1234567890+\u0301qwertyuiopå\u0308asdfghjklöä'<zxcvbnm,.-",
        '½!"#¤%&/()=?\u0300QWERTYUIOPÅ\u0302ASDFGHJKLÖÄ*>ZXCVBNM;:_',
        "2@4$5€7{8[9]0}+\\q@e€\u0308\u0303<|",
    ),
    "cz": Layout(
        ";+ěščřžýáíé=\u0301qwertzuiopú)asdfghjklů§\u0308\\yxcvbnm,.-",
        "\u030a1234567890%\u030cQWERTZUIOP/(ASDFGHJKL\"!'|YXCVBNM?:_",
        ";`+!ě@š#č$ř%ž^ý&á*í{é}=\\q\\w|e€ú[)]a~f[g]h`j'ů$§'\u0308\\\\/x#c&v@b{n}m^,<.>-*",
    ),
    "hu": Layout(
        "0123456789öüóqwertzuiopőúasdfghjkléáűíyxcvbnm,.-",
        "§'\"+!%/=()ÖÜÓQWERTZUIOPŐÚASDFGHJKLÉÁŰÍYXCVBNM?:_",
        "1~3^7`q\\w|u€f[g]é$í<y>x#c&v@b{n}m<,;.>-*",
    ),
    "tr": Layout(
        '"1234567890*-qwertyuıopğüasdfghjklşi,<zxcvbnmöç.',
        "é!'^+%&/()=?_QWERTYUIOPĞÜASDFGHJKLŞİ;>ZXCVBNMÖÇ:",
        "\"<1>3#4$7{8[9]0}*\\-|q@e€ü~i',`<|",
    ),
    "jp": Layout(
        " 1234567890-^qwertyuiop@[asdfghjkl;:]<zxcvbnm,./\\\\",
        " !\"#$%&'()~=~QWERTYUIOP`{ASDFGHJKL+*}>ZXCVBNM<>?_|",
        "<|",
    ),
}
