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

    /// <summary>For <c>localhost</c> and <c>127.0.0.1</c>, issued by an authority that only those trust who are given its PEM.</summary>
    public static (X509Certificate2 Certificate, string AuthorityPem) Issued()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = root.CreateSelfSigned(now.AddDays(-2), now.AddDays(30));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var issued = request.Create(authority, now.AddDays(-1), now.AddDays(20), [1, 2, 3, 4]);
        return (issued.CopyWithPrivateKey(key), authority.ExportCertificatePem());
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
