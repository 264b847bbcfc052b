module mycompany.example/${{ values.name }}

go 1.22
