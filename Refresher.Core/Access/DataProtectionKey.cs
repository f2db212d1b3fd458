using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Access;

/// <summary>A key of ASP.NET Core's Data Protection, as XML, so that every Web reads every Web's cookies.</summary>
public sealed class DataProtectionKey
{
    public int Id { get; init; }

    public required string Name { get; init; }

    public required string Xml { get; init; }
}

internal sealed class DataProtectionKeyMapping : IEntityTypeConfiguration<DataProtectionKey>
{
    public void Configure(EntityTypeBuilder<DataProtectionKey> key)
    {
        key.ToTable("data_protection_keys");
        key.HasIndex(k => k.Name).IsUnique();
    }
}
