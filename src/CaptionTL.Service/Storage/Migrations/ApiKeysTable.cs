using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CaptionTL.Service.Storage.Migrations;

/// <summary>The table of <see cref="Security.ApiKey"/>.</summary>
[DbContext(typeof(ServiceDb))]
[Migration("202611220300_ApiKeys")]
internal sealed class ApiKeysTable : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable(
        "ApiKeys",
        table => new
        {
            Prefix = table.Column<string>(maxLength: 32, nullable: false),
            Name = table.Column<string>(maxLength: 64, nullable: false),
            Hash = table.Column<byte[]>(maxLength: 32, nullable: false),
            Scopes = table.Column<string>(maxLength: 64, nullable: false),
            Created = table.Column<DateTimeOffset>(nullable: false),
            LastUsed = table.Column<DateTimeOffset>(nullable: true),
            Revoked = table.Column<DateTimeOffset>(nullable: true),
        },
        constraints: table => table.PrimaryKey("PK_ApiKeys", x => x.Prefix));

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("ApiKeys");
}
