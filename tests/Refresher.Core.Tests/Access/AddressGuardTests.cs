using System.Net;
using Microsoft.Extensions.Options;
using Refresher.Core.Access;

namespace Refresher.Core.Tests.Access;

public sealed class AddressGuardTests
{
    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("169.254.170.2")]
    [InlineData("168.63.129.16")]
    [InlineData("100.100.100.200")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd20:ce::254")]
    public void Metadata_services_are_refused_in_every_spelling(string address) =>
        Assert.Contains("metadata", Guard(privateNetworks: true).Refusal(IPAddress.Parse(address)), StringComparison.Ordinal);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1")]
    public void Private_networks_are_called_unless_the_configuration_refuses_them(string address)
    {
        Assert.Null(Guard(privateNetworks: true).Refusal(IPAddress.Parse(address)));
        Assert.Contains("Access:Outbound:PrivateNetworks", Guard(privateNetworks: false).Refusal(IPAddress.Parse(address)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:4700::1111")]
    public void Public_addresses_are_called(string address) => Assert.Null(Guard(privateNetworks: false).Refusal(IPAddress.Parse(address)));

    [Fact]
    public async Task A_name_that_leads_to_a_refused_address_is_not_connected_to()
    {
        var refused = await Assert.ThrowsAsync<AddressRefusedException>(() => Guard(privateNetworks: false).ConnectAsync("localhost", 9, default));

        Assert.True(IPAddress.IsLoopback(refused.Address));
    }

    private static AddressGuard Guard(bool privateNetworks) => new(Options.Create(new AddressGuardOptions { PrivateNetworks = privateNetworks }));
}
