using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Data;

/// <summary>A fact about the whole installation: what was seeded, whether dispatch is held.</summary>
public sealed class Setting
{
    public required string Name { get; init; }

    public required string Value { get; set; }
}

internal sealed class SettingMapping : IEntityTypeConfiguration<Setting>
{
    public void Configure(EntityTypeBuilder<Setting> setting)
    {
        setting.ToTable("settings");
        setting.HasKey(s => s.Name);
    }
}
