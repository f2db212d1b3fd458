using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Refresher.Testing;

/// <summary>Certificates that nobody trusts.</summary>
public static class SelfSigned
{
    /// <summary>For <c>localhost</c>, valid for a day.</summary>
    public static X509Certificate2 Certificate()
    {
        var now = TimeProvider.System.GetUtcNow();
        return Certificate("localhost", now.AddHours(-1), now.AddDays(1));
    }

    /// <summary>For a name, and <c>127.0.0.1</c> when it is <c>localhost</c>.</summary>
    public static X509Certificate2 Certificate(string name, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (name == "localhost")
        {
            names.AddIpAddress(System.Net.IPAddress.Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(from, until);
    }
}
