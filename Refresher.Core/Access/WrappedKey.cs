using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Refresher.Core.Access;

/// <summary>A key of Data Protection as it is stored: <c>&lt;wrapped by="id"&gt;base64&lt;/wrapped&gt;</c>; one from the time before there was a master key is plain.</summary>
internal static class WrappedKey
{
    private const string Element = "wrapped";
    private const string By = "by";

    public static string Write(XElement key, MasterKey master) =>
        new XElement(Element, new XAttribute(By, master.Id), Convert.ToBase64String(master.Wrap(Encoding.UTF8.GetBytes(key.ToString(SaveOptions.DisableFormatting))))).ToString(SaveOptions.DisableFormatting);

    /// <param name="masters">The present one first.</param>
    /// <returns>The key, and whether it is wrapped by the present master key.</returns>
    /// <exception cref="WrongMasterKeyException">It is wrapped by none of them.</exception>
    public static (XElement Key, bool IsPresent) Read(string stored, IReadOnlyList<MasterKey> masters)
    {
        var element = XElement.Parse(stored);
        if (element.Name != Element)
        {
            return (element, false);
        }

        var id = (string?)element.Attribute(By) ?? "";
        var master = masters.FirstOrDefault(known => known.Id == id) ?? throw new WrongMasterKeyException(id);
        try
        {
            return (XElement.Parse(Encoding.UTF8.GetString(master.Unwrap(Convert.FromBase64String(element.Value)))), master == masters[0]);
        }
        catch (CryptographicException)
        {
            throw new WrongMasterKeyException(id);
        }
    }
}
