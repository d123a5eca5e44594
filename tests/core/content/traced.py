"""Photos and papers that tell where and by whom they were made, for tests that look for what is left of it."""

import io
import struct
import zlib

import pikepdf
import pillow_heif
from PIL import Image, ImageCms, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational

MARKS = ("Spurensucher", "Geheimkamera", "Vermerk-4711", "2026:03:14")
"""Author, camera, comment and day: none of these may be found in what is stored."""
GPS, MAKE, ARTIST, DESCRIPTION, ORIENTATION = 0x8825, 0x010F, 0x013B, 0x010E, 0x0112
LATITUDE = (IFDRational(53), IFDRational(31), IFDRational(4711, 100))
XMP = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
    b"xmlns:exif='http://ns.adobe.com/exif/1.0/' exif:GPSLatitude='53,31.47N' creator='Spurensucher'/>"
    b"</rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
)


def exif(orientation=1):
    """Place, camera, author and day, as a phone writes them."""
    made = Image.Exif()
    made[MAKE], made[ARTIST], made[DESCRIPTION] = "Geheimkamera", "Spurensucher", "Vermerk-4711"
    made[ORIENTATION] = orientation
    made[GPS] = {1: "N", 2: LATITUDE, 3: "E", 4: LATITUDE, 29: "2026:03:14"}
    return made.tobytes()


def scene(width=640, height=480):
    """Red on the left, blue on the right, so that one sees whether it stands upright."""
    image = Image.new("RGB", (width, height), (200, 20, 20))
    image.paste((20, 20, 200), (width // 2, 0, width, height))
    return image


def profile():
    """The profile of a made-up screen, by which colours must be translated before it goes."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def jpeg(image=None, orientation=1, **options):
    out = io.BytesIO()
    (image or scene()).save(
        out, "JPEG", exif=exif(orientation), comment="Vermerk-4711", icc_profile=profile(), xmp=XMP, **options
    )
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x10\x1c\x02\x50\0\x0cSpurensucher"
    segment = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    return out.getvalue()[:2] + segment + out.getvalue()[2:] + b"PK\x03\x04 Vermerk-4711"


def png(image=None):
    notes, out = PngImagePlugin.PngInfo(), io.BytesIO()
    notes.add_text("Author", "Spurensucher")
    notes.add_text("Comment", "Vermerk-4711", zip=True)
    notes.add_itxt("XML:com.adobe.xmp", XMP.decode())
    (image or scene()).save(out, "PNG", exif=exif(), pnginfo=notes, icc_profile=profile())
    return out.getvalue() + b"Vermerk-4711"


def webp(image=None):
    out = io.BytesIO()
    (image or scene()).save(out, "WEBP", exif=exif(), xmp=XMP, icc_profile=profile())
    return out.getvalue()


def gif(image=None):
    out = io.BytesIO()
    frames = [image or scene(), Image.new("RGB", (640, 480))]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=b"Vermerk-4711")
    return out.getvalue()


def heic(image=None):
    out = io.BytesIO()
    made = pillow_heif.from_pillow(image or scene())
    made.save(out, exif=exif(), xmp=XMP, quality=80)
    return out.getvalue()


def pdf(photo=None, filters=("/DCTDecode",), **more):
    """A page with a photo, and everything around it that tells or runs."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(200, 200))
    data = photo or jpeg()
    for name in reversed(filters[:-1]):
        data = {"/FlateDecode": zlib.compress}[name](data)
    picture = pikepdf.Stream(
        document, data, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=640, Height=480,
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
    )  # fmt: skip
    picture.Filter = pikepdf.Array([pikepdf.Name(name) for name in filters])
    picture.Metadata = document.make_stream(XMP)
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
    page.Contents = document.make_stream(more.get("content", b"q 100 0 0 75 0 0 cm /Im0 Do Q"))
    page.PieceInfo = pikepdf.Dictionary(Made=pikepdf.Dictionary(Private=pikepdf.String("Vermerk-4711")))
    page.AA = pikepdf.Dictionary(O=script(document))
    page.Annots = pikepdf.Array(notes(document))
    root = document.Root
    root.OpenAction, root.Lang = script(document), pikepdf.String("de")
    root.AcroForm = pikepdf.Dictionary(XFA=document.make_stream(b"<xfa>Vermerk-4711</xfa>"), Fields=[])
    root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("a"), script(document)]))
    )
    document.attachments["Vermerk-4711.txt"] = b"Vermerk-4711"
    document.docinfo["/Author"] = "Spurensucher"
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = ["Spurensucher"]
    out = io.BytesIO()
    document.save(out, encryption=more.get("encryption", False))
    return out.getvalue()


def script(document):
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('Vermerk-4711')"))
    return document.make_indirect(action)


def notes(document):
    box = pikepdf.Array([0, 0, 50, 50])
    link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.org/plan"))
    evil = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("Vermerk-4711.exe"))
    return [
        pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=box, A=link),
        pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=box, A=evil),
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=box, T=pikepdf.String("Spurensucher")
        ),
    ]


def unpacked(data):
    """All bytes of a file that can be read: as they are, and of a PDF every stream and text unpacked too."""
    found = [data]
    if data.startswith(b"%PDF-"):
        with pikepdf.open(io.BytesIO(data)) as document:
            for thing in document.objects:
                found.append(thing.unparse())
                if isinstance(thing, pikepdf.Stream):
                    found.append(thing.read_raw_bytes())
                    names = thing.get("/Filter")
                    if names == pikepdf.Name.FlateDecode:
                        found.append(thing.read_bytes())
    return b"\n".join(found)


def left(data):
    """Give the traces that are left in stored bytes."""
    every = unpacked(data)
    signs = [
        *(mark.encode() for mark in MARKS),
        b"Exif",
        b"GPS",
        b"xpacket",
        b"8BIM",
        b"ICC_PROFILE",
        b"iCCP",
    ]
    return [sign for sign in signs if sign in every or sign.decode().encode("utf-16-be") in every]
